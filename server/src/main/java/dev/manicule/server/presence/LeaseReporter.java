package dev.manicule.server.presence;

import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.json.Json;
import dev.manicule.server.presence.Member.Joining;
import dev.manicule.server.presence.Presence.Reports;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports the leases of this node's members: when they begin, change, and end. What the journal rejects is reported
 * later, without an announcement. Belongs to the thread of {@link Presence}.
 */
final class LeaseReporter {
    /** A patience is reported in 100 ns. */
    static final long NANOS_BY_STEP = 100;

    private final Reports reports;
    /** The present members without a lease, or with an outdated one. */
    private final Set<Member> missing = new LinkedHashSet<>();
    /** The present members whose leases other nodes may have ended, because they took this node for dead. */
    private final Set<Member> lost = new LinkedHashSet<>();
    /**
     * The ends of leases of members that are gone: at most as many as there were leases when the journal began to
     * reject, or at the start.
     */
    private final Queue<Leave> ended = new ArrayDeque<>();

    LeaseReporter(Reports reports) {
        this.reports = reports;
    }

    /**
     * A member is there.
     *
     * @param isAnnounced whether to announce it to subscribers
     * @return false when it should be announced and is not
     */
    boolean begin(Member member, boolean isAnnounced) {
        // an up-to-date lease lacks only the announcement: no state, since another node may know a newer one
        boolean isKnown = member.isLeased && !missing.contains(member);
        if (ended.isEmpty() && reports.add(join(member, isKnown ? null : member.state, isAnnounced))) {
            member.isLeased = true;
            member.isOwed = isLater(member, isAnnounced);
            missing.remove(member);
            return true;
        }
        missing.add(member);
        return !isAnnounced;
    }

    /**
     * A member is gone.
     *
     * @param isAnnounced whether to announce it to subscribers
     * @return false when it should be announced and is not
     */
    boolean end(Member member, boolean isTimeout, boolean isAnnounced) {
        missing.remove(member);
        lost.remove(member);
        if (!member.isLeased) {
            return !isAnnounced;
        }
        member.isLeased = false;
        if (reports.add(new Leave(member.room.channel, member.user.uuid, isTimeout, isAnnounced))) {
            return true;
        }
        ended.add(new Leave(member.room.channel, member.user.uuid, isTimeout, false));
        return !isAnnounced;
    }

    /**
     * A member has another state, there or not.
     *
     * @param isAnnounced whether to announce it to subscribers
     * @return false when it should be announced and is not
     */
    boolean set(Member member, Json state, boolean isAnnounced) {
        if (!member.isLeased && !isAnnounced) {
            return true;
        }
        if (reports.add(new SetState(member.room.channel, member.user.uuid, state, isAnnounced))) {
            return true;
        }
        if (member.isLeased) {
            missing.add(member);
        }
        return !isAnnounced;
    }

    /** Another node may have ended the lease of a present member; {@link #nextLost} returns it. */
    void lost(Member member) {
        lost.add(member);
    }

    /** The next member to report again; its lease counts as not reported from then on. Null when there is none. */
    @Nullable
    Member nextLost() {
        if (lost.isEmpty()) {
            return null;
        }
        Member member = lost.iterator().next();
        lost.remove(member);
        member.isLeased = false;
        return member;
    }

    /** Ends a lease from before a restart. There may be many: they are reported in small steps. */
    void giveUp(Join lease) {
        ended.add(new Leave(lease.channel(), lease.uuid(), true, true));
    }

    /**
     * Reports some of what the journal rejected before.
     *
     * @param most how much at most
     */
    void makeUp(int most) {
        int left = most;
        while (left-- > 0 && !reports.isFull()) {
            Leave leave = ended.peek();
            if (leave != null) {
                if (!reports.add(leave)) {
                    return;
                }
                ended.remove();
            } else if (!missing.isEmpty()) {
                Member member = missing.iterator().next();
                if (!reports.add(join(member, member.state, false))) {
                    return;
                }
                missing.remove(member);
                member.isLeased = true;
                member.isOwed = isLater(member, false);
            } else {
                return;
            }
        }
    }

    private static boolean isLater(Member member, boolean isAnnounced) {
        return !isAnnounced && member.joining == Joining.POSTPONED;
    }

    private static PresenceChange join(Member member, @Nullable Json state, boolean isAnnounced) {
        return new Join(member.room.channel, member.user.uuid, member.patience / NANOS_BY_STEP, state, isAnnounced,
                isLater(member, isAnnounced));
    }
}
