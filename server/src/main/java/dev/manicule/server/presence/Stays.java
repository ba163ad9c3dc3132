package dev.manicule.server.presence;

import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.presence.Presence.Membership;
import dev.manicule.server.presence.Stay.End;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Begins the stays of members, and says when the last one of a member is over. Belongs to the thread of {@link Presence}.
 */
final class Stays {
    private final MemberRegistry rooms;
    private final Membership membership;
    private final Deadlines deadlines = new Deadlines();

    /** The stays of the members of a registry. */
    Stays(MemberRegistry rooms, Membership membership) {
        this.rooms = rooms;
        this.membership = membership;
    }

    /** The members whose time runs. */
    Deadlines deadlines() {
        return deadlines;
    }

    /**
     * The stay of a user on a channel, which may be new; null when there is no room for it, or when the channel is not in the
     * group.
     *
     * @param group by which group; null when the channel itself is named
     */
    @Nullable
    Stay of(Holder holder, String keyset, String uuid, String channel, @Nullable String group, long now) {
        boolean isNamed = group == null || membership.isIn(new ChannelGroup(keyset, group), channel);
        Member member = isNamed ? rooms.member(holder, keyset, uuid, channel) : null;
        Stay known = member == null ? null : member.stay(group);
        if (member == null || known != null) {
            if (known != null) {
                known.isFormer = false;
            }
            return known;
        }
        if (member.holder.hold(Stay.bytes(group))) {
            Stay stay = new Stay(member, group, now);
            Stay former = member.stay(null);
            if (former != null && former.isFormer) {
                end(former, End.TIMEOUT);
            }
            member.stays.add(stay);
            return stay;
        }
        if (!member.isPresent() && member.state == null) {
            rooms.remove(member);
            rooms.removeIfEmpty(member.room);
        }
        return null;
    }

    /** Has a member's time run, unless a poll or a stream is open. */
    void rest(Member member, long now) {
        if (!member.hasSession()) {
            member.expires = lastOf(member, now);
            deadlines.put(member);
        }
    }

    /** Whether the time of a member, at its deadline, is over. A remaining time runs on. */
    boolean isOver(Member member, long now) {
        deadlines.remove(member);
        if (member.hasSession()) {
            return false; // its time will run again when they have ended
        }
        if (member.isPresent()) {
            member.expires = lastOf(member, now);
        }
        if (member.expires - now > 0) {
            deadlines.put(member);
            return false;
        }
        return true;
    }

    /** One of several stays of a member ends. */
    void end(Stay stay, End how, long now) {
        end(stay, how);
        rest(stay.member, now);
    }

    private static void end(Stay stay, End how) {
        stay.end = how;
        stay.member.stays.remove(stay);
        stay.member.holder.giveBack(Stay.bytes(stay.group));
    }

    /** When the last stay of a member that has no session is over. Ends those that are over, unless all are. */
    private static long lastOf(Member member, long now) {
        long last = now;
        for (Stay stay : member.stays) {
            last = stay.expires - last > 0 ? stay.expires : last;
        }
        if (last - now > 0) {
            for (Stay stay : List.copyOf(member.stays)) {
                if (!stay.isLasting(now)) {
                    end(stay, End.TIMEOUT);
                }
            }
        }
        return last;
    }
}
