package dev.manicule.server.presence;

import dev.manicule.server.json.Json;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Charge;
import org.jspecify.annotations.Nullable;

/** A user on one channel; or not on it, with a state for it. Belongs to the thread of {@link Presence}. */
final class Member {
    /** About how many bytes of memory one takes, with its places in all tables and its charge. */
    static final long BYTES = 320;

    final Room room;
    final User user;
    /** The address that brought it, for the number of members by address; null when that is not charged. */
    final @Nullable AddressRange address;
    final Charge charge;
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

    Member(Room room, User user, @Nullable AddressRange address, Charge charge) {
        this.room = room;
        this.user = user;
        this.address = address;
        this.charge = charge;
    }

    boolean isPresent() {
        return occupantAt >= 0;
    }

    /** About how many bytes of memory a state takes. */
    static long bytes(@Nullable Json state) {
        return state == null ? 0 : 32 + state.utf8().length;
    }
}
