package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Publish a message, fire or signal.
 *
 * @param meta the metadata that was published beside the payload, null when there was none
 * @param customType the publisher's own name for the kind of message, null when there is none
 * @param publisher where it comes from
 * @param lifetime for how long it is stored, in 100 ns; 0 for as long as its keyset stores
 */
public record Publish(Channel channel, Json payload, @Nullable Json meta, @Nullable String customType,
        Publisher publisher, Delivery delivery, long lifetime)
        implements
            Retryable<Publish.Outcome> {
    static final int KIND = 1;
    /** Flags of the fields that are there. */
    private static final int META = 1;
    private static final int UUID = 2;
    private static final int CUSTOM_TYPE = 4;
    private static final int SEQUENCE = 8;
    private static final int ORIGIN = 16;
    private static final int LIFETIME = 32;
    private static final int END = 64;

    /** A message that is stored as long as its keyset stores. */
    public Publish(Channel channel, Json payload, @Nullable Json meta, @Nullable String uuid,
            @Nullable String customType, @Nullable Long sequence, @Nullable Json origin, Delivery delivery) {
        this(channel, payload, meta, customType, new Publisher(uuid, sequence, origin), delivery, 0);
    }

    /**
     * Where a message comes from.
     *
     * @param uuid the publisher, null when the request names none
     * @param sequence the publisher's counter, copied to the envelope; null when there is none
     * @param origin the publisher's original timetoken, a JSON object copied to the envelope; null when there is none
     */
    public record Publisher(@Nullable String uuid, @Nullable Long sequence, @Nullable Json origin) {}

    /** The same, stored for so long only: in 100 ns; 0 for as long as its keyset stores. */
    public Publish lasting(long newLifetime) {
        return new Publish(channel, payload, meta, customType, publisher, delivery, newLifetime);
    }

    /** The publisher, null when the request names none. */
    public @Nullable String uuid() {
        return publisher.uuid;
    }

    /** The publisher's counter; null when there is none. */
    public @Nullable Long sequence() {
        return publisher.sequence;
    }

    /** The publisher's original timetoken; null when there is none. */
    public @Nullable Json origin() {
        return publisher.origin;
    }

    /** Whether a message is stored and delivered. */
    public enum Delivery {
        /** Stored in history, and delivered to subscribers. */
        STORED(0),
        /** Delivered to subscribers, also to those that were away for a little while, and not stored in history. */
        TRANSIENT(1),
        /** A signal: delivered as {@link #TRANSIENT} is, and marked as a signal. */
        SIGNAL(2),
        /** Given a timetoken, and neither delivered nor stored. */
        FIRED(3),
        /** A message that presents a file: as {@link #STORED}, and marked as one of a file. */
        FILE(4),
        /** The same, delivered as {@link #TRANSIENT} is, and not stored in history. */
        TRANSIENT_FILE(5);

        private final int code;

        Delivery(int code) {
            this.code = code;
        }

        /** Whether the message is stored in history. */
        public boolean isStored() {
            return this == STORED || this == FILE;
        }

        /** Whether the message presents a file. */
        public boolean isOfFile() {
            return this == FILE || this == TRANSIENT_FILE;
        }

        private static Delivery readFrom(ByteReader in) throws DamagedFormException {
            int code = in.octet();
            return switch (code) {
                case 0 -> STORED;
                case 1 -> TRANSIENT;
                case 2 -> SIGNAL;
                case 3 -> FIRED;
                case 4 -> FILE;
                case 5 -> TRANSIENT_FILE;
                default -> throw in.damaged("no delivery has the code " + code);
            };
        }
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits Published, Idempotent.KeyReused, Unavailable {}

    /** Published at this timetoken. */
    public record Published(long timetoken) implements Outcome {
        static final int KIND = 0x10;

        static Published readFrom(ByteReader in) throws DamagedFormException {
            return new Published(in.number());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(timetoken);
        }
    }

    @Override
    public int leastRules() {
        return delivery.isOfFile() ? AddFile.RULES : 1;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + payload.utf8().length + bytes(meta) + bytes(publisher.origin)
                + length(publisher.uuid)
                + length(customType);
    }

    private static int bytes(@Nullable Json text) {
        return text == null ? 0 : text.utf8().length;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(0).add(channel.name()).add(payload).add(meta).add(customType).add(delivery.name());
        if (lifetime > 0) {
            digest.add(lifetime);
        }
    }

    static Publish readFrom(ByteReader in) throws DamagedFormException {
        Channel channel = in.channel();
        Json payload = in.json();
        Delivery delivery = Delivery.readFrom(in);
        int present = in.octet();
        if (present >= END) {
            throw in.damaged("a publish has a field that is not known");
        }
        Json meta = (present & META) == 0 ? null : in.json();
        String uuid = (present & UUID) == 0 ? null : in.text();
        String customType = (present & CUSTOM_TYPE) == 0 ? null : in.text();
        Long sequence = (present & SEQUENCE) == 0 ? null : (Long) in.number();
        Json origin = (present & ORIGIN) == 0 ? null : in.json();
        long lifetime = (present & LIFETIME) == 0 ? 0 : in.number();
        if ((present & LIFETIME) != 0 && lifetime == 0) {
            throw in.damaged("a lifetime of 0 is none");
        }
        return new Publish(channel, payload, meta, customType, new Publisher(uuid, sequence, origin), delivery,
                lifetime);
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.json(payload);
        out.octet(delivery.code);
        out.octet(present());
        if (meta != null) {
            out.json(meta);
        }
        if (publisher.uuid != null) {
            out.text(publisher.uuid);
        }
        if (customType != null) {
            out.text(customType);
        }
        if (publisher.sequence != null) {
            out.number(publisher.sequence);
        }
        if (publisher.origin != null) {
            out.json(publisher.origin);
        }
        if (lifetime != 0) {
            out.number(lifetime);
        }
    }

    private int present() {
        return (meta == null ? 0 : META) | (publisher.uuid == null ? 0 : UUID) | (customType == null ? 0 : CUSTOM_TYPE)
                | (publisher.sequence == null ? 0 : SEQUENCE) | (publisher.origin == null ? 0 : ORIGIN)
                | (lifetime == 0 ? 0 : LIFETIME);
    }
}
