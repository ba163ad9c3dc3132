package dev.manicule.server.presence;

import dev.manicule.server.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A user on one channel; or not on it, with a state for it. Belongs to the thread of {@link Presence}. */
final class Member {
    /** About how many bytes of memory one takes, with its places in all tables. */
    static final long BYTES = 330;

    final ChannelMembers room;
    final User user;
    final Holder holder;
    /** Why it is on its channel. Few: the channel itself, and groups. */
    final List<Membership> memberships = new ArrayList<>(1);
    /** When its time is over, unless a poll is parked. */
    long expires;
    /** For how long its user stays after a poll or a heartbeat, in nanoseconds, as the last one said. */
    long patience;
    /** Whether its lease was reported ({@link LeaseReporter}). */
    boolean isLeased;
    /** Whether, by its lease, another report is to say whether its join is announced. */
    boolean isOwed;
    /** Whether its join is still to be announced to subscribers. */
    Joining joining = Joining.ANNOUNCED;
    /** When {@link Deadlines} looks at it: not after {@link #expires}. */
    long wakes;
    /** The state of the announcement of a member's join. */
    enum Joining {
        /** The join was announced, or need not be. */
        ANNOUNCED,
        /** The announcement waits for the first poll of the member, whose handshake would otherwise begin after it. */
        POSTPONED,
        /** No subscriber listened, so there was no announcement. The first poll of the member may change that. */
        UNHEARD
    }

    /** Its place in {@link Deadlines}, −1 when it is not there. */
    int deadlineAt = -1;
    /** Its place among the present members of the channel, −1 when it is not present. */
    int occupantAt = -1;
    @Nullable
    Json state;
    Member(ChannelMembers room, User user, Holder holder) {
        this.room = room;
        this.user = user;
        this.holder = holder;
    }

    boolean isPresent() {
        return occupantAt >= 0;
    }

    /** Whether a poll or a stream is open. */
    boolean hasSession() {
        for (Membership membership : memberships) {
            if (membership.sessions > 0) {
                return true;
            }
        }
        return false;
    }

    /** Its membership by a group, or of its own with null; null when there is none. */
    @Nullable
    Membership membership(@Nullable String group) {
        for (Membership membership : memberships) {
            if (Objects.equals(membership.group, group)) {
                return membership;
            }
        }
        return null;
    }

    /** About how many bytes of memory it takes with its memberships and its state. */
    long bytes() {
        long bytes = BYTES + bytes(state);
        for (Membership membership : memberships) {
            bytes += Membership.bytes(membership.group);
        }
        return bytes;
    }

    /** About how many bytes of memory a state takes. */
    static long bytes(@Nullable Json state) {
        return state == null ? 0 : 32 + state.utf8().length;
    }
}
