package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.EntityId;
import java.util.ArrayList;
import java.util.List;

/**
 * Change memberships of one user, or of one channel: all of these changes, or none. Each has two events, for the subscribers
 * of the user and of the channel.
 *
 * @param owner the user, or the channel
 * @param sets the memberships that are there afterwards
 * @param removals the names of the others whose memberships are gone afterwards
 * @param isStrict whether memberships are only of users and channels that have metadata
 * @param most how many memberships a user or a channel may have, at least 1
 */
public record ChangeMemberships(EntityId owner, List<Member> sets, List<String> removals, boolean isStrict, int most)
        implements
            Retryable<ChangeMemberships.Outcome> {
    /** What is written is the whole membership, however little the patch says: two rows and two events. */
    private static final long MOST_BYTES_AFTER = 30_000;
    static final int KIND = 20;

    /** Copies the lists. */
    public ChangeMemberships {
        sets = List.copyOf(sets);
        removals = List.copyOf(removals);
    }

    /**
     * A membership with the owner.
     *
     * @param name the channel where the owner is a user, and the other way round
     * @param patch a JSON object of the fields of the membership that change; null clears one
     */
    public record Member(String name, Json patch) {}

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits MembershipsChanged, TooManyMemberships, NoSuchEntity, Idempotent.KeyReused, Unavailable {}

    /** The memberships are as they are to be. */
    public record MembershipsChanged() implements Outcome {
        static final int KIND = 0x87;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** A user or a channel would have more memberships than one may have; nothing was changed. */
    public record TooManyMemberships(String name) implements Outcome {
        static final int KIND = 0x88;

        static TooManyMemberships readFrom(ByteReader in) throws DamagedFormException {
            return new TooManyMemberships(in.text());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.text(name);
        }
    }

    /** The keyset has no metadata of one of them, and memberships need it; nothing was changed. */
    public record NoSuchEntity(String name) implements Outcome {
        static final int KIND = 0x89;

        static NoSuchEntity readFrom(ByteReader in) throws DamagedFormException {
            return new NoSuchEntity(in.text());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.text(name);
        }
    }

    /** Two for each change: one for each of its events; and one by which time has passed. */
    @Override
    public int timetokens() {
        return 1 + 2 * (sets.size() + removals.size());
    }

    @Override
    public int leastRules() {
        return 2;
    }

    @Override
    public long weight() {
        long bytes = BYTES_BESIDE_TEXTS + owner.name().length();
        for (Member member : sets) {
            bytes += BYTES_BESIDE_TEXTS + member.name().length() + member.patch().utf8().length + MOST_BYTES_AFTER;
        }
        for (String name : removals) {
            bytes += BYTES_BESIDE_TEXTS + name.length();
        }
        return bytes;
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(8).add(owner.kind().code()).add(owner.name()).add(sets.size());
        sets.forEach(member -> digest.add(member.name()).add(member.patch()));
        digest.add(removals.size());
        removals.forEach(digest::add);
    }

    static ChangeMemberships readFrom(ByteReader in) throws DamagedFormException {
        EntityId owner = in.entity();
        int size = in.size();
        List<Member> sets = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            sets.add(new Member(in.text(), in.json()));
        }
        return new ChangeMemberships(owner, sets, in.texts(), in.flag(), in.integer());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.entity(owner);
        out.size(sets.size());
        for (Member member : sets) {
            out.text(member.name());
            out.json(member.patch());
        }
        out.texts(removals);
        out.flag(isStrict);
        out.integer(most);
    }
}
