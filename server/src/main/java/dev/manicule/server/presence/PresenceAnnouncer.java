package dev.manicule.server.presence;

import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.presence.Member.Joining;
import dev.manicule.server.presence.Presence.Reports;
import dev.manicule.server.presence.ChannelMembers.Action;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Announces the changes of channels: up to a threshold of members at once, on larger channels in intervals. A join by
 * heartbeat waits for a second: client SDKs send heartbeat and first poll at the same time, and a poll whose handshake
 * comes later than the announcement would miss it. Its lease does not wait.
 *
 * <p>Belongs to the thread of {@link Presence}.
 */
final class PresenceAnnouncer {
    private static final long POSTPONED_NANOS = 1_000_000_000L;
    /** Further joins are announced at once: a postponed announcement is charged to no client. */
    private static final int MOST_POSTPONED = PresenceReports.MOST;
    private static final int BYTES_OF_A_JOIN = 300;

    private final Reports reports;
    private final LeaseReporter leases;
    private final MemberRegistry rooms;
    private final int threshold;
    private final long intervalNanos;
    /** The channels that are announced in intervals, in the order of their next intervals. */
    private final Queue<ChannelMembers> crowded = new ArrayDeque<>();
    private final Postponed<Member> joins = new Postponed<>(POSTPONED_NANOS);
    /**
     * The members whose joins no subscriber listened to: the poll that comes with the heartbeat may be the first to
     * listen.
     */
    private final Postponed<Member> unheard = new Postponed<>(POSTPONED_NANOS);
    private long postponedBytes;

    /**
     * An announcer for the channels of a registry.
     *
     * @param threshold how many members a channel may have before it is announced in intervals
     * @param interval nanoseconds
     */
    PresenceAnnouncer(Reports reports, MemberRegistry rooms, int threshold, long interval) {
        this.reports = reports;
        leases = new LeaseReporter(reports);
        this.rooms = rooms;
        this.threshold = threshold;
        intervalNanos = interval;
    }

    /** Whether it accepts no more just now. */
    boolean isFull() {
        return reports.isFull();
    }

    /**
     * A member is about to join: postponed joins are announced before it counts, since each announcement has the number
     * of members.
     */
    void comes(ChannelMembers room, long now) {
        if (room.occupancy() >= threshold) {
            beginIntervals(room, now);
        }
    }

    /**
     * A member has joined.
     *
     * @param isPolling whether by a poll or a stream, whose cursor is from before the join
     */
    void came(Member member, boolean isPolling, long now) {
        ChannelMembers room = member.room;
        boolean isSmall = !room.inIntervals && room.occupancy() <= threshold;
        if (isPolling || !isSmall) {
            announceJoin(member, now);
        } else if (!reports.isListenedTo(room.channel)) {
            member.joining = Joining.UNHEARD;
            boolean _ = leases.begin(member, false);
            if (unheard.size() < MOST_POSTPONED) {
                unheard.add(member, now);
            }
        } else if (joins.size() < MOST_POSTPONED) {
            postpone(member, now);
            boolean _ = leases.begin(member, false); // so that it is seen at once
            postponedBytes += BYTES_OF_A_JOIN;
        } else {
            announceJoin(member, now);
        }
    }

    /** About how many bytes of events have been postponed so far. */
    long postponedBytes() {
        return postponedBytes;
    }

    /** A present member polls. */
    void polled(Member member, long now) {
        if (member.joining == Joining.UNHEARD) {
            member.joining = Joining.ANNOUNCED;
            announceJoin(member, now);
        } else {
            announcePostponed(member, now);
        }
    }

    /** A member is present by a lease from before this node started; its join is still to be announced. */
    void restored(Member member, long now) {
        member.isOwed = true;
        if (joins.size() < MOST_POSTPONED) {
            postpone(member, now);
        } else {
            announceJoin(member, now);
        }
    }

    private void postpone(Member member, long now) {
        member.joining = Joining.POSTPONED;
        member.room.unannounced++;
        joins.add(member, now);
    }

    /** Announces the postponed joins of a channel, before any other announcement on it. */
    void announcePostponedJoins(ChannelMembers room, long now) {
        for (int at = 0; room.unannounced > 0 && at < room.occupancy(); at++) {
            announcePostponed(room.occupant(at), now);
        }
    }

    private void announcePostponed(Member member, long now) {
        if (member.joining == Joining.POSTPONED) {
            member.joining = Joining.ANNOUNCED;
            member.room.unannounced--;
            announceJoin(member, now);
        }
    }

    /** Announces all postponed joins: the server stops. */
    void announceAllPostponed(long now) {
        for (Member next = joins.pollEarly(); next != null; next = joins.pollEarly()) {
            announcePostponed(next, now);
        }
    }

    /** A channel was taken out of a group. */
    void removed(ChannelGroup group, Channel channel) {
        if (reports.isListenedTo(group)) {
            boolean _ = reports.add(Interval.refresh(channel, group));
        }
    }

    private void announceUnheard(Member member, long now) {
        boolean isDue = member.joining == Joining.UNHEARD && member.isPresent();
        if (isDue && reports.isListenedTo(member.room.channel)) {
            member.joining = Joining.ANNOUNCED;
            announceJoin(member, now);
        }
    }

    /** A member, present or not, has another state. */
    void changed(Member member, Json state, long now) {
        if (!leases.set(member, state, reports.isListenedTo(member.room.channel))) {
            missed(member.room, now);
        }
    }

    /** Announces that a member is gone, now or with the next interval. */
    void gone(Member member, Action how, long now) {
        if (!leases.end(member, how == Action.TIMEOUT, isAnnouncedNow(member, how, now))) {
            missed(member.room, now);
        }
    }

    /**
     * A user leaves a channel; if a group is named, only as far as the user is there by it. Other nodes may have heard
     * of the user there too: this node does not ask them first.
     */
    void leaves(Channel channel, String uuid, @Nullable String group) {
        if (reports.hasOthers()) {
            boolean _ = reports.add(new LeaveEverywhere(channel, uuid, group, reports.isListenedTo(channel)));
        }
    }

    /** Cancels the announcement of a member's join, if it was still to come. */
    void withdraw(Member member) {
        if (member.joining == Joining.POSTPONED) {
            member.room.unannounced--;
        }
        member.joining = Joining.ANNOUNCED;
    }

    /** Announces the join of a member, now or with the next interval. */
    private void announceJoin(Member member, long now) {
        boolean isAnnounced = isAnnouncedNow(member, Action.JOIN, now);
        if ((isAnnounced || member.isOwed || !member.isLeased) && !leases.begin(member, isAnnounced)) {
            missed(member.room, now);
        }
    }

    /**
     * Whether an action is announced at once; if not, it is noted for the next interval, unless no subscriber listens.
     */
    private boolean isAnnouncedNow(Member member, Action action, long now) {
        ChannelMembers room = member.room;
        if (room.occupancy() > threshold) {
            beginIntervals(room, now);
        }
        if (!reports.isListenedTo(room.channel)) {
            return false;
        }
        if (room.inIntervals) {
            room.note(member.user.uuid, action);
        }
        return !room.inIntervals;
    }

    /**
     * Reports some of what could not be reported before, and of what has to be reported again.
     *
     * @param most how much at most
     * @return whether there is more to report again
     */
    boolean makeUp(int most, long now) {
        leases.makeUp(most);
        for (int left = most; left > 0 && !reports.isFull(); left--) {
            Member member = leases.nextLost();
            if (member == null) {
                return false;
            }
            if (member.joining == Joining.ANNOUNCED) {
                announceJoin(member, now); // since its leave was announced
            } else {
                boolean _ = leases.begin(member, false);
            }
        }
        return true;
    }

    /** The lease of a member may have been ended by another node. */
    void lost(Member member) {
        leases.lost(member);
    }

    /** Ends the lease of a user for whom there is no room any more. */
    void giveUp(Join lease) {
        leases.giveUp(lease);
    }

    /** An announcement was lost: subscribers will have to fetch the members. */
    private void missed(ChannelMembers room, long now) {
        room.refreshed();
        beginIntervals(room, now);
    }

    private void beginIntervals(ChannelMembers room, long now) {
        for (int at = 0; !room.inIntervals && room.unannounced > 0 && at < room.occupancy(); at++) {
            Member member = room.occupant(at);
            if (member.joining == Joining.POSTPONED) {
                member.joining = Joining.ANNOUNCED;
                room.unannounced--;
                if (!leases.begin(member, reports.isListenedTo(room.channel))) {
                    missed(room, now); // which begins intervals itself
                }
            }
        }
        if (!room.inIntervals) {
            room.inIntervals = true;
            room.nextInterval = now + intervalNanos;
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
        for (; left > 0 && !reports.isFull(); left--) {
            Member member = joins.poll(now);
            Member other = member == null ? unheard.poll(now) : null;
            if (member != null) {
                announcePostponed(member, now);
            } else if (other != null) {
                announceUnheard(other, now);
            } else if (!crowded.isEmpty() && crowded.peek().nextInterval - now <= 0) {
                interval(crowded.remove(), now);
            } else {
                return false;
            }
        }
        return true;
    }

    private void interval(ChannelMembers room, long now) {
        Interval interval = room.interval();
        room.inIntervals = false;
        if (interval != null && !reports.add(interval)) {
            room.refreshed();
            room.inIntervals = !room.members.isEmpty();
        }
        room.inIntervals |= room.occupancy() > threshold;
        if (room.inIntervals) {
            room.nextInterval = now + intervalNanos;
            crowded.add(room);
        } else {
            rooms.removeIfEmpty(room);
        }
    }
}
