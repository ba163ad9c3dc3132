package dev.manicule.server.presence;

import dev.manicule.server.model.ChannelGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A poll or a stream while it is open. Belongs to the thread of {@link Presence}. */
public final class Session {
    private static final long BYTES = 200;
    private static final long MEMBERSHIP_BYTES = 8;
    private static final long GROUP_BYTES = 100;

    final Holder holder;
    final String keyset;
    final String uuid;
    /** For how many nanoseconds the user stays after the session. */
    final long patience;
    final boolean isStream;
    final List<Membership> memberships = new ArrayList<>(1);
    /** The groups by which it is on channels. */
    final List<ChannelGroup> groups;
    /** Its charge, in bytes. */
    long bytes;
    /** Its client is silent: the session counts for nothing. */
    boolean isSuspended;
    /** The number of its first memberships for which it does not count yet, though its client is heard of again. */
    int notResumed;
    boolean isOver;

    Session(Holder holder, String keyset, String uuid, long patience, boolean isStream, Collection<String> groups) {
        this.holder = holder;
        this.keyset = keyset;
        this.uuid = uuid;
        this.patience = patience;
        this.isStream = isStream;
        this.groups = groups.isEmpty() // the usual case: a stream's list would be kept with what it is made of
                ? List.of()
                : groups.stream().map(group -> new ChannelGroup(keyset, group)).toList();
    }

    /** About how many bytes of memory one takes. */
    static long bytes(int channels, int groups) {
        return BYTES + MEMBERSHIP_BYTES * channels + GROUP_BYTES * groups;
    }

    /** Has place for one more membership; false when its client may not hold that. */
    boolean hasPlace() {
        if (notResumed == 0) { // otherwise the first memberships have to keep their places
            memberships.removeIf(membership -> membership.end == Membership.End.REMOVAL); // a channel may go in and out of a group many times
        }
        boolean isPlace = holder.hold(MEMBERSHIP_BYTES);
        if (isPlace) {
            bytes += MEMBERSHIP_BYTES;
        }
        return isPlace;
    }
}
