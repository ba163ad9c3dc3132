package dev.manicule.server.presence;

import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.model.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A channel that has members, or whose last changes are not announced yet. Belongs to the thread of {@link Presence}. */
final class ChannelMembers {
    /** About how many bytes of memory a channel takes, with its keyset when it is the only channel there. */
    private static final long BYTES = 800;
    private static final long CHANGE_BYTES = 150;

    final KeysetMembers keyset;
    final Channel channel;
    final Holder holder;
    final Map<String, Member> members = new HashMap<>();
    /** The present members. The last one replaces a member that goes, so that no search is needed. */
    private final List<Member> occupants = new ArrayList<>(2);
    /** How many of them have joins that are not announced yet. */
    int unannounced;
    boolean inIntervals;
    long nextInterval;
    /** The actions of a member that intervals announce. */
    enum Action {
        JOIN, LEAVE, TIMEOUT
    }

    /** The last action of each uuid since the last interval; none when there were too many. */
    private final Map<String, Action> changes = new LinkedHashMap<>(2);
    private int characters;
    /** Whether clients have to fetch the members: there were too many changes, or some could not be announced. */
    private boolean refresh;

    ChannelMembers(KeysetMembers keyset, Channel channel, Holder holder) {
        this.keyset = keyset;
        this.channel = channel;
        this.holder = holder;
    }

    /** About how many bytes of memory it takes, without its members. */
    long bytes() {
        return BYTES + 2L * (channel.keyset().length() + channel.name().length());
    }

    int occupancy() {
        return occupants.size();
    }

    /** A present member, by its index. */
    Member occupant(int at) {
        return occupants.get(at);
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

    /** Notes a change for the next interval. A change that undoes an earlier one removes it. */
    void note(String uuid, Action action) {
        if (refresh) {
            return;
        }
        Action before = changes.remove(uuid);
        if (before != null) {
            characters -= uuid.length();
            holder.giveBack(changeBytes(uuid));
            if ((before == Action.JOIN) != (action == Action.JOIN)) {
                return;
            }
        }
        changes.put(uuid, action);
        characters += uuid.length();
        holder.holdAnyway(changeBytes(uuid)); // of members that are gone, too; there are MOST_NAMES at most
        if (changes.size() > Interval.MOST_NAMES || characters > Interval.MOST_CHARACTERS) {
            refreshed();
        }
    }

    private static long changeBytes(String uuid) {
        return CHANGE_BYTES + 2L * uuid.length();
    }

    /** Clients will have to fetch the members. */
    void refreshed() {
        refresh = true;
        forgetChanges();
    }

    /** Returns the changes since the last interval, and forgets them; null when there are none. */
    @Nullable
    Interval interval() {
        if (changes.isEmpty() && !refresh) {
            return null;
        }
        Interval interval = new Interval(channel, uuids(Action.JOIN), uuids(Action.LEAVE), uuids(Action.TIMEOUT),
                refresh,
                null);
        refresh = false;
        forgetChanges();
        return interval;
    }

    private void forgetChanges() {
        changes.keySet().forEach(uuid -> holder.giveBack(changeBytes(uuid)));
        changes.clear();
        characters = 0;
    }

    private List<String> uuids(Action action) {
        return changes.entrySet()
                .stream()
                .filter(change -> change.getValue() == action)
                .map(Map.Entry::getKey)
                .toList();
    }
}
