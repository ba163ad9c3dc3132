package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import dev.manicule.server.http.BodySource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A body whose parts are read from storage, by workers, as its client reads them. */
final class StreamedBody implements BodySource {
    private final Call call;
    private final Supplier<byte @Nullable []> parts;

    private StreamedBody(Call call, Supplier<byte @Nullable []> parts) {
        this.call = call;
        this.parts = parts;
    }

    /**
     * An answer to a call.
     *
     * @param parts gives one part after the other, each some ten or hundred kilobytes, and null after the last
     */
    static Answer answer(Call call, Supplier<byte @Nullable []> parts) {
        return Answer.streamed(new StreamedBody(call, parts));
    }

    @Override
    public void next(Consumer<byte @Nullable []> then) {
        call.workers().execute(call.client(), () -> {
            byte[] part;
            try {
                part = parts.get();
            } catch (RuntimeException | Error e) {
                call.failInTheMiddle("A read", e);
                return;
            }
            then.accept(part);
        });
    }
}
