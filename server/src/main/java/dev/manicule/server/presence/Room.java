package dev.manicule.server.presence;

import dev.manicule.server.limits.Charge;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.PresenceEvent.Action;
import dev.manicule.server.presence.PresenceEvent.Interval;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A channel that has members, or whose last changes are not announced yet. Belongs to the thread of {@link Presence}. */
final class Room {
    /** How many names an interval event holds at most. */
    static final int MOST_NAMES = 400;
    /** How many characters these have at most, so that the event stays below the size of a message. */
    static final int MOST_CHARACTERS = 20_000;
    /** About how many bytes of memory a room takes, and what its keyset takes when it is the only one there. */
    private static final long BYTES = 800;

    final KeysetRooms keyset;
    final Channel channel;
    final Charge charge;
    final Map<String, Member> members = new HashMap<>();
    /** Those who are there. One who goes is replaced by the last, so that a page of them costs no walk. */
    private final List<Member> occupants = new ArrayList<>(2);
    boolean inIntervals;
    long nextInterval;
    /** What has happened since the last interval, of each uuid the last; none when there was too much. */
    private final Map<String, Change> changes = new LinkedHashMap<>(2);
    private int characters;
    /** Whether clients have to ask who is there: there were too many changes, or some could not be announced. */
    private boolean refresh;

    /** A change that waits for its announcement; the charge is for a member that is no more, and null for others. */
    private record Change(Action action, @Nullable Charge charge) {
        void release() {
            if (charge != null) {
                charge.release();
            }
        }
    }

    Room(KeysetRooms keyset, Channel channel, Charge charge) {
        this.keyset = keyset;
        this.channel = channel;
        this.charge = charge;
    }

    /** About how many bytes of memory one takes. */
    static long bytes(Channel channel) {
        return BYTES + 2L * (channel.keyset().length() + channel.name().length());
    }

    int occupancy() {
        return occupants.size();
    }

    /** The member enters; it is not there. */
    void enter(Member member) {
        member.occupantAt = occupants.size();
        occupants.add(member);
    }

    /** The member goes; it is there. */
    void exit(Member member) {
        Member last = occupants.removeLast();
        if (last != member) {
            occupants.set(member.occupantAt, last);
            last.occupantAt = member.occupantAt;
        }
        member.occupantAt = -1;
    }

    /** Some of those who are there: from a place on, so many at most. */
    List<Member> occupants(int offset, int limit) {
        int from = Math.min(offset, occupants.size());
        return occupants.subList(from, from + Math.min(limit, occupants.size() - from));
    }

    /**
     * Notes a change for the next interval. One that undoes an earlier one takes it away.
     *
     * @param charge of the member, if it is no more: is the room's from now on
     */
    void note(String uuid, Action action, @Nullable Charge charge) {
        Change change = new Change(action, charge);
        if (refresh) {
            change.release();
            return;
        }
        Change before = changes.remove(uuid);
        if (before != null) {
            characters -= uuid.length();
            before.release();
            if ((before.action == Action.JOIN) != (action == Action.JOIN)) {
                change.release();
                return;
            }
        }
        changes.put(uuid, change);
        characters += uuid.length();
        if (changes.size() > MOST_NAMES || characters > MOST_CHARACTERS) {
            refreshed();
        }
    }

    /** Clients will have to ask who is there. */
    void refreshed() {
        refresh = true;
        forgetChanges();
    }

    /** What has changed since the last interval, and forgets it; null when nothing has. */
    @Nullable
    Interval interval() {
        if (changes.isEmpty() && !refresh) {
            return null;
        }
        Interval interval = new Interval(uuids(Action.JOIN), uuids(Action.LEAVE), uuids(Action.TIMEOUT), refresh,
                occupancy());
        refresh = false;
        forgetChanges();
        return interval;
    }

    private void forgetChanges() {
        changes.values().forEach(Change::release);
        changes.clear();
        characters = 0;
    }

    private List<String> uuids(Action action) {
        return changes.entrySet()
                .stream()
                .filter(change -> change.getValue().action() == action)
                .map(Map.Entry::getKey)
                .toList();
    }
}
