package dev.manicule.server.http;

import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Workers;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A body that exists already, part by part. */
final class ArraySource implements BodySource {
    private static final int PART = 64 << 10;

    private final byte[] body;
    private int at;

    ArraySource(byte[] body) {
        this.body = body;
    }

    @Override
    public void next(Consumer<byte @Nullable []> then) {
        int from = at;
        at = Math.min(body.length, from + PART);
        then.accept(from == at ? null : Arrays.copyOfRange(body, from, at));
    }

    /** The same, where a worker takes each part. */
    BodySource on(Workers workers, Client client) {
        return (Consumer<byte @Nullable []> then) -> workers.execute(client, () -> next(then));
    }
}
