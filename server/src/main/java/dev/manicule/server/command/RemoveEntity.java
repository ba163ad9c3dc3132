package dev.manicule.server.command;

import dev.manicule.server.model.EntityId;

/**
 * Remove the metadata of a user or a channel. With its memberships, that may take several of these: each removes some, and
 * the last one the metadata.
 *
 * @param mostMemberships how many memberships of it are removed first, at most {@value #MOST_MEMBERSHIPS}; 0 leaves all memberships
 */
public record RemoveEntity(EntityId entity, int mostMemberships) implements Command<RemoveEntity.Outcome> {
    /** The most memberships that one of these removes. */
    public static final int MOST_MEMBERSHIPS = 1_000;
    static final int KIND = 19;

    /** Checks the number. */
    public RemoveEntity {
        if (mostMemberships < 0 || mostMemberships > MOST_MEMBERSHIPS) {
            throw new IllegalArgumentException("from 0 to " + MOST_MEMBERSHIPS + " memberships");
        }
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits EntityRemoved, MembershipsLeft, Unavailable {}

    /** There is no metadata of it any more. */
    public record EntityRemoved() implements Outcome {
        static final int KIND = 0x85;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** Some memberships were removed, and others are left: the same command goes on. */
    public record MembershipsLeft() implements Outcome {
        static final int KIND = 0x86;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** Two events for each membership, and one for the entity. */
    @Override
    public int timetokens() {
        return 1 + 2 * mostMemberships;
    }

    @Override
    public int leastRules() {
        return 2;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + entity.name().length();
    }

    static RemoveEntity readFrom(ByteReader in) throws DamagedFormException {
        EntityId entity = in.entity();
        int most = in.integer();
        if (most < 0 || most > MOST_MEMBERSHIPS) {
            throw in.damaged("it removes " + most + " memberships");
        }
        return new RemoveEntity(entity, most);
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.entity(entity);
        out.integer(mostMemberships);
    }
}
