package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Publish a message, fire or signal.
 *
 * @param meta what was published beside the payload, null when nothing was
 * @param uuid the publisher, null when the request names none
 * @param customType the publisher's own name for the kind of message, null when there is none
 * @param sequence the publisher's counter, copied to the envelope; null when there is none
 * @param origin the publisher's original timetoken, a JSON object copied to the envelope; null when there is none
 * @param lifetime for how long it is stored, in 100 ns; 0 for as long as its keyset stores
 */
public record Publish(Channel channel, Json payload, @Nullable Json meta, @Nullable String uuid,
        @Nullable String customType, @Nullable Long sequence, @Nullable Json origin, Delivery delivery,
        long lifetime)
        implements
            Retryable<Publish.Outcome> {
    private static final long BYTES_BESIDE_JSON = 400;

    /** One that is stored as long as its keyset stores. */
    public Publish(Channel channel, Json payload, @Nullable Json meta, @Nullable String uuid,
            @Nullable String customType, @Nullable Long sequence, @Nullable Json origin, Delivery delivery) {
        this(channel, payload, meta, uuid, customType, sequence, origin, delivery, 0);
    }

    /** Whether a message is stored and delivered. */
    public enum Delivery {
        /** Stored in history, and delivered to subscribers. */
        STORED,
        /** Delivered to subscribers, also to those away for a little while, and not stored in history. */
        TRANSIENT,
        /** A signal: delivered as {@link #TRANSIENT} is, and marked as a signal. */
        SIGNAL,
        /** Given a timetoken, and neither delivered nor stored. */
        FIRED
    }

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits Published, Idempotent.KeyReused, Unavailable {}

    /** Published at this timetoken. */
    public record Published(long timetoken) implements Outcome {}

    @Override
    public long weight() {
        return BYTES_BESIDE_JSON + payload.utf8().length + (meta == null ? 0 : meta.utf8().length);
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(0).add(channel.name()).add(payload).add(meta).add(customType).add(delivery.name());
    }
}
