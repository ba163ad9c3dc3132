package dev.manicule.server.presence;

import org.jspecify.annotations.Nullable;

/** A uuid of a keyset that is a member of some channel. Belongs to the thread of {@link Presence}. */
final class User {
    private static final long BYTES = 160;

    final String uuid;
    final Holder holder;
    private @Nullable Member first;

    User(String uuid, Holder holder) {
        this.uuid = uuid;
        this.holder = holder;
    }

    /** About how many bytes of memory it takes. */
    long bytes() {
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
