package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Change the metadata of a user or a channel, which is made where there is none.
 *
 * @param patch a JSON object of the fields that change; null clears one
 * @param tag the tag that the metadata must have; null when any will do
 * @param most how many entities of the kind the keyset may have, at least 1
 */
public record SetEntity(EntityId entity, Json patch, @Nullable String tag, int most)
        implements
            Retryable<SetEntity.Outcome> {
    /** What is written is the whole metadata, however little the patch says: a row and an event. */
    private static final long MOST_BYTES_AFTER = 50_000;
    static final int KIND = 18;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits EntitySet, OtherTag, TooManyEntities, Idempotent.KeyReused, Unavailable {}

    /** The metadata is this now. */
    public record EntitySet(Metadata metadata) implements Outcome {
        static final int KIND = 0x82;

        static EntitySet readFrom(ByteReader in) throws DamagedFormException {
            return new EntitySet(new Metadata(in.json(), in.number()));
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.json(metadata.fields());
            out.number(metadata.updated());
        }
    }

    /** The metadata has another tag than it must have, or there is none; nothing was changed. */
    public record OtherTag() implements Outcome {
        static final int KIND = 0x83;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The keyset has as many entities of the kind as it may have, and not this one. */
    public record TooManyEntities() implements Outcome {
        static final int KIND = 0x84;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public int leastRules() {
        return 2;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + entity.name().length() + patch.utf8().length + MOST_BYTES_AFTER;
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(7).add(entity.kind().code()).add(entity.name()).add(patch).add(tag);
    }

    static SetEntity readFrom(ByteReader in) throws DamagedFormException {
        return new SetEntity(in.entity(), in.json(), in.flag() ? in.text() : null, in.integer());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.entity(entity);
        out.json(patch);
        out.flag(tag != null);
        if (tag != null) {
            out.text(tag);
        }
        out.integer(most);
    }
}
