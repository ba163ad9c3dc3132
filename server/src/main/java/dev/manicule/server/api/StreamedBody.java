package dev.manicule.server.api;

import dev.manicule.server.http.BodySource;
import dev.manicule.server.http.Response;
import dev.manicule.server.routing.ApiRequest;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A body whose parts are read from storage, by workers, as its client reads them. */
final class StreamedBody implements BodySource {
    private final ApiRequest request;
    private final Supplier<byte @Nullable []> parts;

    private StreamedBody(ApiRequest request, Supplier<byte @Nullable []> parts) {
        this.request = request;
        this.parts = parts;
    }

    /**
     * An answer to a request.
     *
     * @param parts returns one part after the other, each some ten or hundred kilobytes, and null after the last
     */
    static Response response(ApiRequest request, Supplier<byte @Nullable []> parts) {
        return Response.streamed(new StreamedBody(request, parts));
    }

    @Override
    public void next(Consumer<byte @Nullable []> then) {
        request.workers().execute(request.client(), () -> {
            byte[] part;
            try {
                part = parts.get();
            } catch (RuntimeException | Error e) {
                request.failInTheMiddle("A read", e);
                return;
            }
            then.accept(part);
        });
    }
}
