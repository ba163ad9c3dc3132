package dev.manicule.server.presence;

import dev.manicule.server.limits.Charge;
import org.jspecify.annotations.Nullable;

/** A uuid of a keyset that is a member of some channel. Belongs to the thread of {@link Presence}. */
final class User {
    private static final long BYTES = 160;

    final String uuid;
    final Charge charge;
    private @Nullable Member first;

    User(String uuid, Charge charge) {
        this.uuid = uuid;
        this.charge = charge;
    }

    /** About how many bytes of memory one takes. */
    static long bytes(String uuid) {
        return BYTES + 2L * uuid.length();
    }

    /** The first of its members, the others of which follow; null when it has none. */
    @Nullable
    Member first() {
        return first;
    }

    void add(Member member) {
        member.after = first;
        if (first != null) {
            first.before = member;
        }
        first = member;
    }

    void remove(Member member) {
        if (member.before == null) {
            first = member.after;
        } else {
            member.before.after = member.after;
        }
        if (member.after != null) {
            member.after.before = member.before;
        }
        member.before = null;
        member.after = null;
    }
}
