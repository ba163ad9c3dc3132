package dev.manicule.server.presence;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.presence.Member.Joining;
import dev.manicule.server.presence.Presence.Announcer;
import dev.manicule.server.presence.PresenceEvent.Action;
import dev.manicule.server.presence.PresenceEvent.Interval;
import dev.manicule.server.presence.PresenceEvent.Somebody;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Announces what happens in rooms: up to a threshold of members at once, in larger rooms in intervals. A join by heartbeat waits
 * for a second: client SDKs send heartbeat and first poll at the same time, and a poll whose handshake comes later than the
 * announcement would miss it.
 *
 * <p>Belongs to the thread of {@link Presence}.
 */
final class RoomAnnouncer {
    private static final long POSTPONED_NANOS = 1_000_000_000L;
    /** More joins at once are announced now: what waits is announced at no client's expense. */
    private static final int MOST_POSTPONED = Announcements.MOST;
    private static final int BYTES_OF_A_JOIN = 300;

    private final Announcer announcer;
    private final Rooms rooms;
    private final int threshold;
    private final long interval;
    /** The rooms that are announced in intervals, in the order of their next ones. */
    private final Queue<Room> crowded = new ArrayDeque<>();
    private final Postponed<Member> joins = new Postponed<>(POSTPONED_NANOS);
    /** Those that no subscriber listened to: the poll that comes with the heartbeat may be the first that does. */
    private final Postponed<Member> unheard = new Postponed<>(POSTPONED_NANOS);
    private long postponedBytes;

    /**
     * Of some rooms.
     *
     * @param threshold how many members a room may have before it is announced in intervals
     * @param interval nanoseconds
     */
    RoomAnnouncer(Announcer announcer, Rooms rooms, int threshold, long interval) {
        this.announcer = announcer;
        this.rooms = rooms;
        this.threshold = threshold;
        this.interval = interval;
    }

    /** Whether it takes no more just now. */
    boolean isFull() {
        return announcer.isFull();
    }

    /** A member will come: what was postponed is announced before it is there, since each announcement says how many are. */
    void comes(Room room, long now) {
        if (room.occupancy() >= threshold) {
            beginIntervals(room, now);
        }
    }

    /**
     * A member has come.
     *
     * @param isPolling with a poll or a stream, whose cursor is from before
     */
    void came(Member member, boolean isPolling, long now) {
        Room room = member.room;
        boolean isSmall = !room.inIntervals && room.occupancy() <= threshold;
        if (isPolling || !isSmall) {
            announce(member, Action.JOIN, now);
        } else if (!announcer.isListenedTo(room.channel)) {
            member.joining = Joining.UNHEARD;
            if (unheard.size() < MOST_POSTPONED) {
                unheard.add(member, now);
            }
        } else if (joins.size() < MOST_POSTPONED) {
            member.joining = Joining.POSTPONED;
            room.untold++;
            joins.add(member, now);
            postponedBytes += BYTES_OF_A_JOIN;
        } else {
            announce(member, Action.JOIN, now);
        }
    }

    /** About how many bytes of events have been postponed so far. */
    long postponedBytes() {
        return postponedBytes;
    }

    /** A member that is there polls. */
    void polled(Member member, long now) {
        if (member.joining == Joining.UNHEARD) {
            member.joining = Joining.TOLD;
            announce(member, Action.JOIN, now);
        } else {
            tellJoin(member, now);
        }
    }

    /** Before anything else than a join is announced of a room. */
    void tellJoins(Room room, long now) {
        for (int at = 0; room.untold > 0 && at < room.occupancy(); at++) {
            tellJoin(room.occupant(at), now);
        }
    }

    private void tellJoin(Member member, long now) {
        if (member.joining == Joining.POSTPONED) {
            member.joining = Joining.TOLD;
            member.room.untold--;
            announce(member, Action.JOIN, now);
        }
    }

    /** A channel was taken out of a group; so many are on it still. */
    void removed(ChannelGroup group, Channel channel, int occupancy) {
        if (announcer.isListenedTo(group)) {
            boolean _ = announcer.announce(channel, new Interval(List.of(), List.of(), List.of(), true, occupancy),
                    group);
        }
    }

    private void tellUnheard(Member member, long now) {
        boolean isDue = member.joining == Joining.UNHEARD && member.isPresent();
        if (isDue && announcer.isListenedTo(member.room.channel)) {
            member.joining = Joining.TOLD;
            announce(member, Action.JOIN, now);
        }
    }

    /** A member that is there or not has another state. */
    void changed(Member member, Json state, long now) {
        Room room = member.room;
        if (announcer.isListenedTo(room.channel) && !announcer.announce(room.channel,
                new Somebody(Action.STATE_CHANGE, member.user.uuid, room.toldOccupancy(), state))) {
            missed(room, now);
        }
    }

    /** Announces something, now or with the next interval. */
    void announce(Member member, Action action, long now) {
        Room room = member.room;
        if (room.occupancy() > threshold) {
            beginIntervals(room, now);
        }
        if (!announcer.isListenedTo(room.channel)) {
            return;
        }
        if (room.inIntervals) {
            room.note(member.user.uuid, action);
        } else {
            announceNow(member, action, now);
        }
    }

    private void announceNow(Member member, Action action, long now) {
        Room room = member.room;
        if (!announcer.announce(room.channel,
                new Somebody(action, member.user.uuid, room.toldOccupancy(), member.state))) {
            missed(room, now);
        }
    }

    /** An announcement for a channel was lost: its subscribers will have to ask who is there. */
    void missed(Channel channel, long now) {
        Room room = rooms.room(channel.keyset(), channel.name());
        if (room != null) {
            missed(room, now);
        }
    }

    private void missed(Room room, long now) {
        room.refreshed();
        beginIntervals(room, now);
    }

    private void beginIntervals(Room room, long now) {
        for (int at = 0; !room.inIntervals && room.untold > 0 && at < room.occupancy(); at++) {
            Member member = room.occupant(at);
            if (member.joining == Joining.POSTPONED) {
                member.joining = Joining.TOLD;
                room.untold--;
                if (announcer.isListenedTo(room.channel)) {
                    announceNow(member, Action.JOIN, now); // which begins intervals itself when it fails
                }
            }
        }
        if (!room.inIntervals) {
            room.inIntervals = true;
            room.nextInterval = now + interval;
            crowded.add(room);
        }
    }

    /**
     * Announces some of what is due.
     *
     * @param most how much at most
     * @return whether more is due now
     */
    boolean tick(int most, long now) {
        int left = most;
        for (; left > 0 && !announcer.isFull(); left--) {
            Member member = joins.poll(now);
            Member other = member == null ? unheard.poll(now) : null;
            if (member != null) {
                tellJoin(member, now);
            } else if (other != null) {
                tellUnheard(other, now);
            } else if (!crowded.isEmpty() && crowded.peek().nextInterval - now <= 0) {
                interval(crowded.remove(), now);
            } else {
                return false;
            }
        }
        return true;
    }

    private void interval(Room room, long now) {
        Interval event = room.interval();
        room.inIntervals = false;
        if (event != null && !announcer.announce(room.channel, event)) {
            room.refreshed();
            room.inIntervals = !room.members.isEmpty();
        }
        room.inIntervals |= room.occupancy() > threshold;
        if (room.inIntervals) {
            room.nextInterval = now + interval;
            crowded.add(room);
        } else {
            rooms.removeIfEmpty(room);
        }
    }
}
