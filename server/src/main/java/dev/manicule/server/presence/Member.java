package dev.manicule.server.presence;

import dev.manicule.server.json.Json;
import org.jspecify.annotations.Nullable;

/** A user on one channel; or not on it, with a state for it. Belongs to the thread of {@link Presence}. */
final class Member {
    /** About how many bytes of memory one takes, with its places in all tables. */
    static final long BYTES = 280;

    final Room room;
    final User user;
    final Holder holder;
    /** Parked polls. */
    int visits;
    /** When its time is over, unless a poll is parked. */
    long expires;
    /** When {@link Deadlines} looks at it: not after {@link #expires}. */
    long wakes;
    /** Its place in {@link Deadlines}, −1 when it is not there. */
    int deadlineAt = -1;
    /** Its place among those who are on the channel, −1 when it is not on it. */
    int occupantAt = -1;
    @Nullable
    Json state;
    /** The user's other members, in a chain: a set of its own for each user would take more memory than the members. */
    @Nullable
    Member before;
    @Nullable
    Member after;

    Member(Room room, User user, Holder holder) {
        this.room = room;
        this.user = user;
        this.holder = holder;
    }

    boolean isPresent() {
        return occupantAt >= 0;
    }

    /** About how many bytes of memory a state takes. */
    static long bytes(@Nullable Json state) {
        return state == null ? 0 : 32 + state.utf8().length;
    }
}
