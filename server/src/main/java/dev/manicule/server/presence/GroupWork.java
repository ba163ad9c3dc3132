package dev.manicule.server.presence;

import dev.manicule.server.model.ChannelGroup;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Applies a change of a group to its subscribers: they are on a channel that was put in, and no longer on one that was
 * taken out. Done in slices, on the thread of {@link Presence}.
 */
final class GroupWork implements PresenceService.PresenceTask {
    private static final int MOST_AT_ONCE = 250;

    private final ChannelGroup group;
    private final Iterator<String> removed;
    private final Collection<String> added;
    private final Predicate<String> isMember;
    private @Nullable String leaving;
    private int below;
    private boolean wasOccupied;
    private @Nullable Iterator<Session> sessions;
    private List<String> joined = List.of();
    private @Nullable Session session;
    private int nextJoined;

    /**
     * Work on a change.
     *
     * @param isMember whether a channel is in the group at the time of the call: it may have gone in and out again
     *         meanwhile
     */
    GroupWork(ChannelGroup group, Collection<String> removed, Collection<String> added, Predicate<String> isMember) {
        this.group = group;
        this.removed = removed.iterator();
        this.added = added;
        this.isMember = isMember;
    }

    @Override
    public boolean on(Presence presence, long now) {
        for (int i = 0; i < MOST_AT_ONCE && !presence.isFull(); i++) {
            if (!takeOut(presence, now) && !putIn(presence, now)) {
                return false;
            }
        }
        return true;
    }

    /** One step of the leaves; false when there is none. */
    private boolean takeOut(Presence presence, long now) {
        String channel = leaving;
        if (channel == null) {
            if (!removed.hasNext()) {
                return false;
            }
            channel = removed.next();
            below = Integer.MAX_VALUE;
            wasOccupied = presence.occupancy(group.keyset(), channel) > 0;
        }
        boolean isTakenOut = !isMember.test(channel);
        below = isTakenOut ? presence.removeFrom(group, channel, below, now) : 0;
        leaving = below > 0 ? channel : null;
        if (isTakenOut && leaving == null && wasOccupied) {
            presence.removed(group, channel);
        }
        return true;
    }

    /** One step of the joins; false when there is none. */
    private boolean putIn(Presence presence, long now) {
        if (sessions == null) {
            sessions = added.isEmpty() ? List.<Session>of().iterator() : presence.sessions(group).iterator();
            joined = List.copyOf(added);
        }
        Session each = session;
        if (each == null) {
            if (!sessions.hasNext()) {
                return false;
            }
            each = sessions.next();
            nextJoined = 0;
        }
        if (isMember.test(joined.get(nextJoined))) {
            presence.putIn(each, joined.get(nextJoined), group.name(), now);
        }
        nextJoined++;
        session = nextJoined < joined.size() ? each : null;
        return true;
    }
}
