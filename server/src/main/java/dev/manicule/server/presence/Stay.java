package dev.manicule.server.presence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a member is on its channel: a request has named the channel, or a group that the channel is in. A member is present as long
 * as one of its stays lasts. Belongs to the thread of {@link Presence}.
 */
final class Stay {
    private static final long BYTES = 64;

    final Member member;
    /** The group that the request has named; null for the channel itself. */
    final @Nullable String group;
    /** Open polls and streams. */
    int sessions;
    /** When its time is over, unless a poll or a stream is open. */
    long expires;
    /** Whether it is a lease from before a restart, until the user is heard of again. */
    boolean isFormer;
    /** How it has ended; null while it lasts. */
    @Nullable
    End end;
    /** The streams among the sessions; null when there is none, as mostly. */
    private @Nullable List<Session> streams;

    /** How a stay ends. */
    enum End {
        /** Nothing was heard of the user. */
        TIMEOUT,
        /** The user has left the channel. */
        LEAVE,
        /** The channel was taken out of the group. */
        REMOVAL
    }

    Stay(Member member, @Nullable String group, long now) {
        this.member = member;
        this.group = group;
        expires = now;
    }

    /** About how many bytes of memory one takes. */
    static long bytes(@Nullable String group) {
        return BYTES + (group == null ? 0 : 40 + 2L * group.length());
    }

    /** Whether it lasts. */
    boolean isLasting(long now) {
        return sessions > 0 || expires - now > 0;
    }

    void add(Session session) {
        sessions++;
        if (session.isStream) {
            List<Session> known = streams;
            if (known == null) {
                known = new ArrayList<>(1);
                streams = known;
            }
            known.add(session);
        }
    }

    void remove(Session session) {
        sessions--;
        if (streams != null) {
            streams.remove(session);
        }
    }

    /** The streams that are open. */
    List<Session> streams() {
        return streams == null ? List.of() : streams;
    }
}
