package dev.manicule.server.presence;

import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.presence.Membership.End;
import dev.manicule.server.presence.Presence.GroupChannels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends the memberships of members, and finds the members whose last membership has expired. Belongs to the thread of
 * {@link Presence}.
 */
final class Memberships {
    private final MemberRegistry rooms;
    private final GroupChannels groupChannels;
    private final Deadlines deadlines = new Deadlines();

    /** The memberships of the members of a registry. */
    Memberships(MemberRegistry rooms, GroupChannels groupChannels) {
        this.rooms = rooms;
        this.groupChannels = groupChannels;
    }

    /** The deadlines of the members without a session. */
    Deadlines deadlines() {
        return deadlines;
    }

    /**
     * The membership of a user on a channel, which may be new; null when there is no room for it, or when the channel is not in
     * the group.
     *
     * @param group by which group; null when the channel itself is named
     */
    @Nullable
    Membership findOrAdd(Holder holder, String keyset, String uuid, String channel, @Nullable String group, long now) {
        boolean isNamed = group == null || groupChannels.isIn(new ChannelGroup(keyset, group), channel);
        Member member = isNamed ? rooms.member(holder, keyset, uuid, channel) : null;
        Membership known = member == null ? null : member.membership(group);
        if (member == null || known != null) {
            if (known != null) {
                known.isRestored = false;
            }
            return known;
        }
        if (member.holder.hold(Membership.bytes(group))) {
            Membership membership = new Membership(member, group, now);
            Membership former = member.membership(null);
            if (former != null && former.isRestored) {
                end(former, End.TIMEOUT);
            }
            member.memberships.add(membership);
            return membership;
        }
        if (!member.isPresent() && member.state == null) {
            rooms.remove(member);
            rooms.removeIfEmpty(member.room);
        }
        return null;
    }

    /** Sets the deadline of a member, unless a poll or a stream is open. */
    void scheduleExpiry(Member member, long now) {
        if (!member.hasSession()) {
            member.expires = lastOf(member, now);
            deadlines.put(member);
        }
    }

    /** Whether a member at its deadline has expired. Otherwise it gets a later deadline. */
    boolean isExpired(Member member, long now) {
        deadlines.remove(member);
        if (member.hasSession()) {
            return false; // it gets a deadline again when they have ended
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

    /** Ends one of several memberships of a member. */
    void end(Membership membership, End how, long now) {
        end(membership, how);
        scheduleExpiry(membership.member, now);
    }

    private static void end(Membership membership, End how) {
        membership.end = how;
        membership.member.memberships.remove(membership);
        membership.member.holder.giveBack(Membership.bytes(membership.group));
    }

    /** When the last membership of a member that has no session expires. Ends those that have expired, unless all have. */
    private static long lastOf(Member member, long now) {
        long last = now;
        for (Membership membership : member.memberships) {
            last = membership.expires - last > 0 ? membership.expires : last;
        }
        if (last - now > 0) {
            for (Membership membership : List.copyOf(member.memberships)) {
                if (!membership.isActive(now)) {
                    end(membership, End.TIMEOUT);
                }
            }
        }
        return last;
    }
}
