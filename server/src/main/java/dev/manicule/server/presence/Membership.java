package dev.manicule.server.presence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reason for which a member is on its channel: a request has named the channel, or a group that the channel is in. A member is
 * present as long as one of its memberships is active. Belongs to the thread of {@link Presence}.
 */
final class Membership {
    private static final long BYTES = 64;

    final Member member;
    /** The group that the request has named; null for the channel itself. */
    final @Nullable String group;
    /** Open polls and streams. */
    int sessions;
    /** When it expires, unless a poll or a stream is open. */
    long expires;
    /** Whether it was restored from a lease of before a restart, and no request of the user has arrived since. */
    boolean isRestored;
    /** How it has ended; null while it is active. */
    @Nullable
    End end;
    /** The streams among the sessions; null when there is none, as mostly. */
    private @Nullable List<Session> streams;

    /** How a membership ends. */
    enum End {
        /** No request of the user arrived in time. */
        TIMEOUT,
        /** The user has left the channel. */
        LEAVE,
        /** The channel was taken out of the group. */
        REMOVAL
    }

    Membership(Member member, @Nullable String group, long now) {
        this.member = member;
        this.group = group;
        expires = now;
    }

    /** About how many bytes of memory one takes. */
    static long bytes(@Nullable String group) {
        return BYTES + (group == null ? 0 : 40 + 2L * group.length());
    }

    /** Whether a session is open or its time has not expired. */
    boolean isActive(long now) {
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
