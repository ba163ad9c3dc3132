package dev.manicule.server.presence;

import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.PresenceEvent.Action;
import dev.manicule.server.presence.PresenceEvent.Interval;
import dev.manicule.server.presence.PresenceEvent.Somebody;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Which users are on which channels. A user is there from the first poll or heartbeat on, as long as a poll is parked, and
 * then for the time that came with the last poll or heartbeat; until then, or until leaving. A user who only listens to the
 * presence of a channel is not on it.
 *
 * <p>
 * Up to a threshold each coming and going is announced at once. A channel with more users is announced in intervals, of
 * what has changed in between.
 *
 * <p>
 * All that it holds is charged to the client that brought it, and given back when it goes. A user for whom there is no room
 * is not there.
 *
 * <p>
 * Each call takes a bounded time, whatever a client sends: requests of many channels are many calls. Belongs to one thread.
 * Time comes from outside, in nanoseconds of any clock that does not step.
 */
public final class Presence {
    /** How long the state of a user who is not there is kept. */
    private static final long ABSENT_NANOS = 300_000_000_000L;
    private static final long VISIT_BYTES = 200;
    private static final long VISIT_CHANNEL_BYTES = 8;
    private static final int MOST_DUE_AT_ONCE = 1_000;

    private final Announcer announcer;
    private final int threshold;
    private final long interval;
    private final Rooms rooms;
    private final Deadlines deadlines = new Deadlines();
    /** The rooms that are announced in intervals, in the order of their next ones. */
    private final Queue<Room> crowded = new ArrayDeque<>();

    /** Where announcements go. */
    interface Announcer {
        /** Whether announcements for a channel reach a subscriber. */
        boolean isListenedTo(Channel channel);

        /** Whether it takes no more just now. */
        boolean isFull();

        /** Announces what has happened on a channel; false when that can't be done. */
        boolean announce(Channel channel, PresenceEvent event);
    }

    /** A poll while it is parked. */
    public static final class Visit {
        private final Holder holder;
        private final String keyset;
        private final String uuid;
        private final long patience;
        private final long bytes;
        private final List<Member> members = new ArrayList<>(1);

        private Visit(Holder holder, String keyset, String uuid, long patience, long bytes) {
            this.holder = holder;
            this.keyset = keyset;
            this.uuid = uuid;
            this.patience = patience;
            this.bytes = bytes;
        }
    }

    /**
     * Without any users.
     *
     * @param threshold how many users may be on a channel before it is announced in intervals
     * @param interval nanoseconds
     */
    Presence(Announcer announcer, Limits limits, int threshold, long interval) {
        this.announcer = announcer;
        rooms = new Rooms(limits);
        this.threshold = threshold;
        this.interval = interval;
    }

    /**
     * A user polls; then {@link #join} its channels.
     *
     * @param holder what the user's memberships are charged to
     * @param patience for how many nanoseconds the user is there after the poll has ended
     * @param channels how many channels it will join at most
     * @return null when there is no room for it
     */
    public @Nullable Visit visit(Holder holder, String keyset, String uuid, long patience, int channels) {
        long bytes = VISIT_BYTES + VISIT_CHANNEL_BYTES * channels;
        return holder.hold(bytes) ? new Visit(holder, keyset, uuid, patience, bytes) : null;
    }

    /**
     * The user of a visit is on a channel while it lasts.
     *
     * @param state null to keep the one there is
     */
    public void join(Visit visit, String channel, @Nullable Json state, long now) {
        Member member = rooms.member(visit.holder, visit.keyset, visit.uuid, channel);
        if (member != null) {
            member.visits++;
            visit.members.add(member);
            appear(member, state, now);
        }
    }

    /** The poll has ended, by a response or by the client. */
    public void depart(Visit visit, long now) {
        for (Member member : visit.members) {
            member.visits--;
            if (member.isPresent() && member.visits == 0) {
                until(member, now + visit.patience);
            }
        }
        visit.holder.giveBack(visit.bytes);
    }

    /**
     * A sign of life without a poll.
     *
     * @param patience for how many nanoseconds the user is there
     * @param state null to keep the one there is
     */
    public void beat(Holder holder, String keyset, String uuid, String channel, long patience, @Nullable Json state,
            long now) {
        Member member = rooms.member(holder, keyset, uuid, channel);
        if (member != null) {
            appear(member, state, now);
            if (member.visits == 0) {
                until(member, now + patience);
            }
        }
    }

    /** A user leaves a channel, if it is there. Polls that are still parked don't count any more. */
    public void leave(String keyset, String uuid, String channel, long now) {
        Member member = rooms.find(keyset, uuid, channel);
        if (member != null && member.isPresent()) {
            vanish(member, Action.LEAVE, now);
        }
    }

    /**
     * Sets the state of a user on a channel, there or not.
     *
     * @return false when there is no room for it
     */
    public boolean setState(Holder holder, String keyset, String uuid, String channel, Json state, long now) {
        Member member = rooms.member(holder, keyset, uuid, channel);
        if (member == null) {
            return false;
        }
        if (!member.isPresent()) {
            until(member, now + ABSENT_NANOS);
        }
        return change(member, state, now);
    }

    /** The state of a user on a channel, null when it has none. */
    public @Nullable Json state(String keyset, String uuid, String channel) {
        Member member = rooms.find(keyset, uuid, channel);
        return member == null ? null : member.state;
    }

    /** How many users are on a channel. */
    public int occupancy(String keyset, String channel) {
        Room room = rooms.room(keyset, channel);
        return room == null ? 0 : room.occupancy();
    }

    /**
     * Users who are on a channel, in the order in which they came as long as none goes.
     *
     * @param offset how many to skip
     * @param limit the most to give
     */
    public List<Occupant> occupants(String keyset, String channel, int offset, int limit) {
        Room room = rooms.room(keyset, channel);
        return room == null
                ? List.of()
                : room.occupants(offset, limit)
                        .stream()
                        .map(member -> new Occupant(member.user.uuid, member.state))
                        .toList();
    }

    /** A user on a channel. */
    public record Occupant(String uuid, @Nullable Json state) {}

    /**
     * A part of the channels of a keyset.
     *
     * @param occupied the names of those with users on them
     * @param next where the next part begins; 0 when this is the last one
     */
    public record Part(List<String> occupied, int next) {}

    /**
     * A part of the channels of a keyset. A channel that is there all the time is in one of them at least.
     *
     * @param from where to begin: {@link Integer#MAX_VALUE}, or what the part before says
     * @param limit how many channels to look at
     */
    public Part occupied(String keyset, int from, int limit) {
        List<Room> part = rooms.part(keyset, from, limit);
        List<String> occupied = new ArrayList<>(part.size());
        for (Room room : part) {
            if (room.occupancy() > 0) {
                occupied.add(room.channel.name());
            }
        }
        return new Part(occupied, part.isEmpty() ? 0 : part.getFirst().roomAt);
    }

    /** The names of the channels that a user is on, so many at most, in order. */
    public List<String> whereabouts(String keyset, String uuid, int limit) {
        User user = rooms.user(keyset, uuid);
        List<String> names = new ArrayList<>();
        for (Member member = user == null ? null : user.first(); member != null
                && names.size() < limit; member = member.after) {
            if (member.isPresent()) {
                names.add(member.room.channel.name());
            }
        }
        names.sort(null);
        return names;
    }

    /** How many members there are, each user counted on each channel; also those that are not there but have a state. */
    public int members() {
        return rooms.members();
    }

    /** How many members wait for their time to be over. */
    int deadlines() {
        return deadlines.size();
    }

    /** Whether announcements have to wait: what leads to some should wait too. */
    boolean isFull() {
        return announcer.isFull();
    }

    /**
     * Does some of what is due: users whose time is over are gone, changes of an interval are announced.
     *
     * @return whether more is due now
     */
    boolean tick(long now) {
        int done = 0;
        for (Member next = deadlines.first(); next != null && next.wakes - now <= 0; next = deadlines.first()) {
            if (++done > MOST_DUE_AT_ONCE || announcer.isFull()) {
                return true;
            }
            due(next, now);
        }
        while (!crowded.isEmpty() && crowded.peek().nextInterval - now <= 0) {
            if (++done > MOST_DUE_AT_ONCE || announcer.isFull()) {
                return true;
            }
            interval(crowded.remove(), now);
        }
        return false;
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

    private void due(Member member, long now) {
        deadlines.remove(member);
        if (member.visits > 0) {
            return; // its time will run again when they have ended
        }
        if (member.expires - now > 0) {
            deadlines.put(member);
        } else if (member.isPresent()) {
            vanish(member, Action.TIMEOUT, now);
        } else {
            rooms.remove(member);
            rooms.removeIfEmpty(member.room);
        }
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

    private void beginIntervals(Room room, long now) {
        if (!room.inIntervals) {
            room.inIntervals = true;
            room.nextInterval = now + interval;
            crowded.add(room);
        }
    }

    private void appear(Member member, @Nullable Json state, long now) {
        if (member.isPresent()) {
            if (state != null) {
                boolean _ = change(member, state, now);
            }
            return;
        }
        if (state != null) {
            boolean _ = hold(member, state); // without room for its state the user is there all the same
        }
        member.room.enter(member);
        announce(member, Action.JOIN, now);
    }

    private void vanish(Member member, Action how, long now) {
        member.room.exit(member);
        deadlines.remove(member);
        rooms.remove(member);
        announce(member, how, now);
        rooms.removeIfEmpty(member.room);
    }

    private boolean change(Member member, Json state, long now) {
        if (state.equals(member.state)) {
            return true;
        }
        if (!hold(member, state)) {
            return false;
        }
        Room room = member.room;
        if (announcer.isListenedTo(room.channel) && !announcer.announce(room.channel,
                new Somebody(Action.STATE_CHANGE, member.user.uuid, room.occupancy(), state))) {
            missed(room, now);
        }
        return true;
    }

    private static boolean hold(Member member, Json state) {
        boolean isPlace = member.holder.hold(Member.bytes(state) - Member.bytes(member.state));
        if (isPlace) {
            member.state = state;
        }
        return isPlace;
    }

    private void until(Member member, long nanos) {
        member.expires = nanos;
        deadlines.put(member);
    }

    /** Announces something, now or with the next interval. */
    private void announce(Member member, Action action, long now) {
        Room room = member.room;
        if (room.occupancy() > threshold) {
            beginIntervals(room, now);
        }
        if (!announcer.isListenedTo(room.channel)) {
            return;
        }
        if (room.inIntervals) {
            room.note(member.user.uuid, action);
        } else if (!announcer.announce(room.channel,
                new Somebody(action, member.user.uuid, room.occupancy(), member.state))) {
            missed(room, now);
        }
    }
}
