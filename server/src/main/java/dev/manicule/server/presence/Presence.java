package dev.manicule.server.presence;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.PresenceEvent.Action;
import dev.manicule.server.presence.PresenceEvent.Interval;
import dev.manicule.server.presence.PresenceEvent.Somebody;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is on which channel. Somebody is there from the first poll or heartbeat on, as long as a poll is parked, and then
 * for the time that came with the last poll or heartbeat; until then, or until leaving. Whoever only listens to the
 * presence of a channel is not on it.
 *
 * <p>
 * Up to a threshold each coming and going is told at once. A channel with more than that is told in intervals, of what
 * has changed in between.
 *
 * <p>
 * Belongs to one thread. Time comes from outside, in nanoseconds of any clock that does not step.
 */
public final class Presence {
    /** How many names an interval event holds, so that it stays well below the size of a message. */
    static final int MOST_NAMES = 400;
    /** How long the state of somebody who is not there is kept. */
    private static final long ABSENT_NANOS = 300_000_000_000L;

    private final BiConsumer<Channel, PresenceEvent> announcer;
    private final IntPredicate full;
    private final int threshold;
    private final long interval;
    private final Map<Channel, Room> rooms = new HashMap<>();
    private final Map<User, Set<Channel>> whereabouts = new HashMap<>();
    /** Each member whose time is running, once; looked at when the earliest time it could end has come. */
    private final PriorityQueue<Deadline> deadlines = new PriorityQueue<>();
    private final Queue<Room> crowded = new ArrayDeque<>();
    private int members;

    private record User(String keyset, String uuid) {}

    private record Deadline(long nanos, Member member) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            return Long.compare(nanos - other.nanos, 0);
        }
    }

    /** A channel that somebody is on, or has a state for. */
    private static final class Room {
        final Channel channel;
        final Map<String, Member> members = new LinkedHashMap<>();
        int occupancy;
        boolean inIntervals;
        long nextInterval;
        /** What has happened since the last interval, of each the last. */
        final Map<String, Action> changes = new LinkedHashMap<>();

        Room(Channel channel) {
            this.channel = channel;
        }
    }

    /** Somebody on one channel; or not on it, with a state for it. */
    private static final class Member {
        final Room room;
        final String uuid;
        boolean present;
        /** Parked polls. */
        int visits;
        long expires;
        /** Whether there is a deadline that counts, and when it is. */
        boolean timed;
        long wakes;
        @Nullable
        Json state;

        Member(Room room, String uuid) {
            this.room = room;
            this.uuid = uuid;
        }
    }

    /** A poll while it is parked. */
    public static final class Visit {
        private final List<Member> members = new ArrayList<>();
        private final long patience;

        private Visit(long patience) {
            this.patience = patience;
        }
    }

    /**
     * Nobody anywhere.
     *
     * @param announcer is told what there is to tell, with the channel on which it happened
     * @param full whether so many members are as many as there may be; who comes then is nowhere
     * @param threshold how many may be on a channel before it is told in intervals
     * @param interval nanoseconds
     */
    public Presence(BiConsumer<Channel, PresenceEvent> announcer, IntPredicate full, int threshold,
            long interval) {
        this.announcer = announcer;
        this.full = full;
        this.threshold = threshold;
        this.interval = interval;
    }

    /**
     * Somebody polls.
     *
     * @param patience for how many nanoseconds somebody is there after the poll has ended
     * @param states of some of the channels; others keep theirs
     */
    public Visit arrive(String uuid, Collection<Channel> channels, long patience, Map<String, Json> states, long now) {
        Visit visit = new Visit(patience);
        for (Channel channel : channels) {
            Member member = member(channel, uuid);
            if (member == null) {
                continue;
            }
            member.visits++;
            appear(member, states.get(channel.name()), now);
            visit.members.add(member);
        }
        return visit;
    }

    /** The poll has ended, by an answer or a hang-up. */
    public void depart(Visit visit, long now) {
        for (Member member : visit.members) {
            member.visits--;
            if (member.present && member.visits == 0) {
                until(member, now + visit.patience);
            }
        }
    }

    /** A sign of life without a poll. */
    public void beat(String uuid, Collection<Channel> channels, long patience, Map<String, Json> states, long now) {
        depart(arrive(uuid, channels, patience, states, now), now);
    }

    /** Somebody leaves channels, those that one is on. Polls that are still parked don't count any more. */
    public void leave(String uuid, Collection<Channel> channels, long now) {
        for (Channel channel : channels) {
            Room room = rooms.get(channel);
            Member member = room == null ? null : room.members.get(uuid);
            if (member != null && member.present) {
                vanish(member, Action.LEAVE, now);
            }
        }
    }

    /** Sets what somebody says of themselves on channels, there or not. */
    public void setState(String uuid, Collection<Channel> channels, Json state, long now) {
        for (Channel channel : channels) {
            Member member = member(channel, uuid);
            if (member == null) {
                continue;
            }
            if (!member.present) {
                until(member, now + ABSENT_NANOS);
            }
            change(member, state);
        }
    }

    /** What somebody says of themselves on a channel, null for nothing. */
    public @Nullable Json state(String uuid, Channel channel) {
        Room room = rooms.get(channel);
        Member member = room == null ? null : room.members.get(uuid);
        return member == null ? null : member.state;
    }

    /** How many are on a channel. */
    public int occupancy(Channel channel) {
        Room room = rooms.get(channel);
        return room == null ? 0 : room.occupancy;
    }

    /**
     * Who is on a channel, in the order in which they came.
     *
     * @param offset how many to skip
     * @param limit the most to give
     */
    public List<Occupant> occupants(Channel channel, int offset, int limit) {
        Room room = rooms.get(channel);
        return room == null
                ? List.of()
                : room.members.values()
                        .stream()
                        .filter(member -> member.present)
                        .skip(offset)
                        .limit(limit)
                        .map(member -> new Occupant(member.uuid, member.state))
                        .toList();
    }

    /** Somebody on a channel. */
    public record Occupant(String uuid, @Nullable Json state) {}

    /** The channels of a keyset on which somebody is, by name. */
    public List<Channel> occupied(String keyset) {
        Map<String, Channel> names = new TreeMap<>();
        for (Room room : rooms.values()) {
            if (room.occupancy > 0 && room.channel.keyset().equals(keyset)) {
                names.put(room.channel.name(), room.channel);
            }
        }
        return List.copyOf(names.values());
    }

    /** The names of the channels that somebody is on, in order. */
    public List<String> whereabouts(String keyset, String uuid) {
        return whereabouts.getOrDefault(new User(keyset, uuid), Set.of())
                .stream()
                .map(Channel::name)
                .sorted()
                .toList();
    }

    /** Does what is due: whose time is over is gone, what an interval has gathered is told. */
    public void tick(long now) {
        for (Deadline next = deadlines.peek(); next != null && next.nanos - now <= 0; next = deadlines.peek()) {
            deadlines.poll();
            Member member = next.member;
            if (!member.timed || next.nanos != member.wakes) {
                continue; // an earlier deadline took its place
            }
            member.timed = false;
            if (member.room.members.get(member.uuid) != member || member.visits > 0) {
                continue;
            }
            if (member.expires - now > 0) {
                until(member, member.expires);
            } else if (member.present) {
                vanish(member, Action.TIMEOUT, now);
            } else {
                forget(member);
            }
        }
        while (!crowded.isEmpty() && crowded.peek().nextInterval - now <= 0) {
            Room room = crowded.remove();
            tellInterval(room);
            room.inIntervals = room.occupancy > threshold;
            if (room.inIntervals) {
                room.nextInterval = now + interval;
                crowded.add(room);
            } else if (room.members.isEmpty()) {
                rooms.remove(room.channel);
            }
        }
    }

    /** Somebody on a channel, who may be new there; null when there is no room for one more. */
    private @Nullable Member member(Channel channel, String uuid) {
        Room room = rooms.get(channel);
        Member known = room == null ? null : room.members.get(uuid);
        if (known != null) {
            return known;
        }
        if (full.test(members)) {
            return null;
        }
        Room in = room == null ? new Room(channel) : room;
        rooms.put(channel, in);
        Member member = new Member(in, uuid);
        in.members.put(uuid, member);
        members++;
        return member;
    }

    /** How many there are, each counted on each channel; also those that are not there but have a state. */
    public int members() {
        return members;
    }

    private void appear(Member member, @Nullable Json state, long now) {
        if (member.present) {
            if (state != null) {
                change(member, state);
            }
            return;
        }
        member.present = true;
        member.state = state == null ? member.state : state;
        member.room.occupancy++;
        whereabouts.computeIfAbsent(new User(member.room.channel.keyset(), member.uuid),
                absent -> new LinkedHashSet<>()).add(member.room.channel);
        tell(member, Action.JOIN, now);
    }

    private void vanish(Member member, Action how, long now) {
        member.present = false;
        member.room.occupancy--;
        User user = new User(member.room.channel.keyset(), member.uuid);
        Set<Channel> channels = whereabouts.getOrDefault(user, Set.of());
        channels.remove(member.room.channel);
        if (channels.isEmpty()) {
            whereabouts.remove(user);
        }
        forget(member);
        tell(member, how, now);
    }

    private void forget(Member member) {
        member.room.members.remove(member.uuid);
        members--;
        if (member.room.members.isEmpty() && !member.room.inIntervals) {
            rooms.remove(member.room.channel);
        }
    }

    private void change(Member member, Json state) {
        if (!state.equals(member.state)) {
            member.state = state;
            announcer.accept(member.room.channel,
                    new Somebody(Action.STATE_CHANGE, member.uuid, member.room.occupancy, state));
        }
    }

    private void until(Member member, long nanos) {
        member.expires = nanos;
        if (!member.timed || nanos - member.wakes < 0) {
            member.timed = true;
            member.wakes = nanos;
            deadlines.add(new Deadline(nanos, member));
        }
    }

    private void tell(Member member, Action action, long now) {
        Room room = member.room;
        if (!room.inIntervals && room.occupancy > threshold) {
            room.inIntervals = true;
            room.nextInterval = now + interval;
            crowded.add(room);
        }
        if (!room.inIntervals) {
            announcer.accept(room.channel, new Somebody(action, member.uuid, room.occupancy, member.state));
            return;
        }
        Action before = room.changes.remove(member.uuid);
        boolean undone = before != null && (before == Action.JOIN) != (action == Action.JOIN);
        if (!undone) {
            room.changes.put(member.uuid, action);
        }
    }

    private void tellInterval(Room room) {
        if (room.changes.isEmpty()) {
            return;
        }
        boolean tooMany = room.changes.size() > MOST_NAMES;
        announcer.accept(room.channel,
                new Interval(who(room, Action.JOIN, tooMany), who(room, Action.LEAVE, tooMany),
                        who(room, Action.TIMEOUT, tooMany), tooMany, room.occupancy));
        room.changes.clear();
    }

    private static List<String> who(Room room, Action action, boolean tooMany) {
        return tooMany
                ? List.of()
                : room.changes.entrySet()
                        .stream()
                        .filter(change -> change.getValue() == action)
                        .map(Map.Entry::getKey)
                        .toList();
    }
}
