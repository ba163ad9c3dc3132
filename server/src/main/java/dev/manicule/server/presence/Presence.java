package dev.manicule.server.presence;

import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.PresenceNotice;
import dev.manicule.server.model.PresenceNotice.Left;
import dev.manicule.server.model.PresenceNotice.StateSet;
import dev.manicule.server.presence.ChannelMembers.Action;
import dev.manicule.server.presence.Membership.End;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which users are on which channels, by the requests to this node. The node reports leases to the other nodes; the
 * tables merge the leases of all nodes, and reads use them. A user is present from the first poll or heartbeat on, as
 * long as a poll is parked, and then for the time that came with the last poll or heartbeat; until then, or until
 * leaving. A user who only listens to the presence of a channel is not on it.
 *
 * <p>
 * Up to a threshold of users each join and leave is announced at once. For a channel with more users, each interval
 * announces the changes since the last one.
 *
 * <p>
 * All that it holds is charged to the client that brought it, and released when it goes. A user for whom there is no
 * room is not present.
 *
 * <p>
 * Each call takes a bounded time, whatever a client sends: requests of many channels are many calls. Belongs to one thread.
 * Time comes from outside, in nanoseconds of any clock that does not step.
 */
public final class Presence {
    /** How long the state of an absent user is kept. */
    private static final long ABSENT_NANOS = 300_000_000_000L;
    /** When a stream stays open after its user has left, the user is present again after so long. */
    private static final long REJOIN_NANOS = 1_000_000_000L;
    private static final int MOST_DUE_AT_ONCE = 1_000;

    private final Reports reports;
    private final PresenceAnnouncer announcer;
    private final GroupChannels groupChannels;
    private final MemberRegistry rooms;
    private final Memberships memberships;
    private final Deadlines deadlines;
    private final GroupSessions groupSessions = new GroupSessions();
    private final Postponed<Rejoin> rejoins = new Postponed<>(REJOIN_NANOS);

    /** Takes reports of changes, which are merged with those of other nodes and announced. */
    interface Reports {
        /** Whether announcements for a channel reach a subscriber. */
        boolean isListenedTo(Channel channel);

        /** Whether announcements to subscribers of a group's presence reach one. */
        boolean isListenedTo(ChannelGroup group);

        /** Whether it accepts no more just now. */
        boolean isFull();

        /** Whether other nodes report too. */
        boolean hasOthers();

        /** Reports a change; false when it is rejected. */
        boolean add(PresenceChange change);

        /** Runs an action when the tables have all that was reported, or when that is rejected. */
        void whenReported(Runnable action);
    }

    /** The channels of the groups. Any thread may call this. */
    @FunctionalInterface
    interface GroupChannels {
        /** Whether a channel is in a group now. */
        boolean isIn(ChannelGroup group, String channel);
    }

    /** The rejoin of a user that has left and whose stream is open. */
    private record Rejoin(Session stream, Membership membership, @Nullable Json state) {}

    /**
     * Without any users.
     *
     * @param threshold how many users may be on a channel before it is announced in intervals
     * @param interval nanoseconds
     */
    Presence(Reports reports, GroupChannels groupChannels, Limits limits, int threshold, long interval) {
        this.groupChannels = groupChannels;
        rooms = new MemberRegistry(limits);
        memberships = new Memberships(rooms, groupChannels);
        deadlines = memberships.deadlines();
        this.reports = reports;
        this.announcer = new PresenceAnnouncer(reports, rooms, threshold, interval);
    }

    /**
     * A user is on a channel by a lease from before this node started: as long as after a sign of life, unless the user
     * is heard of. A user for whom there is no room is gone.
     *
     * @param holder the holder to charge
     */
    void restore(Holder holder, Join lease, long now) {
        Channel channel = lease.channel();
        Member known = rooms.find(channel.keyset(), lease.uuid(), channel.name());
        Membership membership = known == null
                ? memberships.findOrAdd(holder, channel.keyset(), lease.uuid(), channel.name(), null, now)
                : null;
        if (membership == null) {
            if (known == null) {
                announcer.giveUp(lease);
            }
            return;
        }
        Member member = membership.member;
        member.isLeased = true;
        member.patience = Math.multiplyExact(lease.patience(), LeaseReporter.NANOS_BY_STEP);
        membership.isRestored = true;
        membership.expires = now + member.patience;
        if (lease.state() != null) {
            boolean _ = hold(member, lease.state()); // without room for its state the user is there all the same
        }
        member.room.enter(member);
        if (lease.isLater()) {
            announcer.restored(member, now);
        }
        memberships.scheduleExpiry(member, now);
    }

    /**
     * A user polls, or opens a stream; then {@link #join} its channels.
     *
     * @param holder the holder to charge for the user's memberships
     * @param patience for how many nanoseconds the user stays after the session has ended
     * @param isStream whether it makes the user present again after a leave
     * @param channels how many channels it will join at most
     * @param groups the names of the groups that it is on channels by
     * @return null when there is no room for it
     */
    public @Nullable Session connect(Holder holder, String keyset, String uuid, long patience, boolean isStream,
            int channels,
            Collection<String> groups) {
        long bytes = Session.bytes(channels, groups.size());
        if (!holder.hold(bytes)) {
            return null;
        }
        Session session = new Session(holder, keyset, uuid, patience, isStream, groups);
        session.bytes = bytes;
        groupSessions.add(session);
        return session;
    }

    /**
     * The user of a session is on a channel while it lasts.
     *
     * @param group by which group, as long as the channel is in it; null when the channel itself is named
     * @param state null to keep the one there is
     */
    public void join(Session session, String channel, @Nullable String group, @Nullable Json state, long now) {
        Membership membership = memberships.findOrAdd(session.holder, session.keyset, session.uuid, channel, group,
                now);
        if (membership != null) {
            membership.add(session);
            session.memberships.add(membership);
            membership.member.patience = session.patience;
            appear(membership.member, state, true, now);
        }
    }

    /**
     * The poll or the stream has ended, by a response or by the client.
     *
     * @param silence for how many nanoseconds nothing has been heard of the client
     */
    public void disconnect(Session session, long silence, long now) {
        for (Membership membership : session.memberships) {
            if (membership.end == null && !session.isSuspended) {
                membership.remove(session);
                membership.expires = now - silence + session.patience;
                memberships.scheduleExpiry(membership.member, now);
            }
        }
        session.isOver = true;
        groupSessions.remove(session);
        session.holder.giveBack(session.bytes);
    }

    /** The client of a session has been silent for as long as its user's patience lasts: the session counts no more. */
    public void suspend(Session session, long now) {
        if (!session.isOver && !session.isSuspended) {
            session.isSuspended = true;
            for (Membership membership : session.memberships) {
                if (membership.end == null) {
                    membership.remove(session);
                    memberships.scheduleExpiry(membership.member, now);
                }
            }
        }
    }

    /**
     * The client of a session is heard of again: resumes a part of its channels.
     *
     * @param limit the most channels of this part
     * @return whether there are more
     */
    public boolean resume(Session session, int limit, long now) {
        if (session.isOver) {
            return false;
        }
        if (session.isSuspended) {
            session.isSuspended = false;
            session.notResumed = session.memberships.size();
        }
        for (int left = limit; left > 0 && session.notResumed > 0; left--) {
            Membership membership = session.memberships.get(--session.notResumed);
            if (membership.end == null) {
                membership.add(session);
            } else if (membership.end == End.TIMEOUT || session.isStream) {
                rejoin(session, membership, null, now);
            }
        }
        return session.notResumed > 0;
    }

    /** Replaces a membership that has ended. */
    private void rejoin(Session session, Membership ended, @Nullable Json state, long now) {
        int at = session.isOver ? -1 : session.memberships.indexOf(ended);
        Membership membership = at < 0
                ? null
                : memberships.findOrAdd(session.holder, session.keyset, session.uuid, ended.member.room.channel.name(),
                        ended.group,
                        now);
        if (membership != null) {
            membership.add(session);
            session.memberships.set(at, membership);
            membership.member.patience = session.patience;
            appear(membership.member, state, true, now);
        }
    }

    /**
     * A sign of life without a poll.
     *
     * @param group by which group; null when the channel itself is named
     * @param patience for how many nanoseconds the user is there
     * @param state null to keep the one there is
     */
    public void heartbeat(Holder holder, String keyset, String uuid, String channel, @Nullable String group,
            long patience,
            @Nullable Json state, long now) {
        Membership membership = memberships.findOrAdd(holder, keyset, uuid, channel, group, now);
        if (membership != null) {
            membership.expires = now + patience;
            membership.member.patience = patience;
            appear(membership.member, state, false, now);
            memberships.scheduleExpiry(membership.member, now);
        }
    }

    /**
     * A user leaves a channel, if it is there: altogether when the channel itself is named, and otherwise as far as it
     * is there by the group. Polls that are still parked don't count any more: some clients leave theirs open. A stream
     * that is still open a second later makes the user present again, as the next poll would.
     *
     * @param group by which group; null when the channel itself is named
     */
    public void leave(String keyset, String uuid, String channel, @Nullable String group, long now) {
        leaveHere(keyset, uuid, channel, group, now); // first, so that a join that this node still owes comes once
        announcer.leaves(new Channel(keyset, channel), uuid, group);
    }

    private void leaveHere(String keyset, String uuid, String channel, @Nullable String group, long now) {
        Member member = rooms.find(keyset, uuid, channel);
        if (member == null || !member.isPresent()) {
            return;
        }
        Membership left = group == null ? null : member.membership(group);
        if (group != null && left == null) {
            return;
        }
        for (Membership membership : left == null ? member.memberships : List.of(left)) {
            membership.streams().forEach(stream -> rejoins.add(new Rejoin(stream, membership, member.state), now));
        }
        if (left != null
                && member.memberships.stream().anyMatch(membership -> membership != left && membership.isActive(now))) {
            memberships.end(left, End.LEAVE, now);
        } else {
            remove(member, End.LEAVE, Action.LEAVE, now);
        }
    }

    /**
     * Applies a request to another node to this one.
     *
     * @param holder the holder to charge for the state of an absent user
     */
    void heard(Holder holder, PresenceNotice notice, long now) {
        Channel channel = notice.channel();
        switch (notice) {
            case Left left -> leftElsewhere(left, now);
            case StateSet set -> {
                Member member = rooms.member(holder, channel.keyset(), set.uuid(), channel.name());
                if (member != null && !member.isPresent()) { // otherwise this node reports the user
                    boolean _ = hold(member, set.state());
                    rest(member, now);
                }
            }
        }
    }

    private void leftElsewhere(Left left, long now) {
        Channel channel = left.channel();
        String group = left.group();
        if (group != null) {
            leave(new ChannelGroup(channel.keyset(), group), left.uuid());
            leaveHere(channel.keyset(), left.uuid(), channel.name(), group, now);
        } else {
            leftElsewhere(channel, left.uuid(), now);
        }
    }

    /** A user has left a channel by a request to another node, which has announced it. */
    private void leftElsewhere(Channel channel, String uuid, long now) {
        Member member = rooms.find(channel.keyset(), uuid, channel.name());
        if (member == null || !member.isPresent()) {
            return;
        }
        for (Membership membership : member.memberships) {
            membership.streams().forEach(stream -> rejoins.add(new Rejoin(stream, membership, member.state), now));
        }
        announcer.withdraw(member);
        remove(member, End.LEAVE, Action.LEAVE, now);
    }

    /** A user leaves a group: polls that are still parked don't bring it to channels that are put in. */
    public void leave(ChannelGroup group, String uuid) {
        groupSessions.leave(group, uuid);
    }

    /**
     * A channel was taken out of a group: removes one of the users that are on it only by the group.
     *
     * @param below the place to begin at; large for the first
     * @return where to go on; 0 at the end
     */
    int removeFrom(ChannelGroup group, String channel, int below, long now) {
        ChannelMembers room = rooms.room(group.keyset(), channel);
        int at = room == null ? -1 : Math.min(below, room.occupancy()) - 1;
        if (room == null || at < 0) {
            return 0;
        }
        Member member = room.occupant(at);
        Membership membership = member.membership(group.name());
        if (membership != null && member.memberships.size() > 1) {
            memberships.end(membership, End.REMOVAL, now);
        } else if (membership != null) {
            remove(member, End.REMOVAL, Action.LEAVE, now);
        }
        return at;
    }

    /**
     * All users that were on a channel only by a group have left it. Subscribers of the group's presence receive
     * nothing of the channel any more; an announcement has them fetch the members.
     */
    void removed(ChannelGroup group, String channel) {
        announcer.removed(group, new Channel(group.keyset(), channel));
    }

    /** The open polls and streams that are on channels by a group. */
    List<Session> sessions(ChannelGroup group) {
        return groupSessions.of(group);
    }

    /** A channel was put into a group that a session is for. */
    void putIn(Session session, String channel, String group, long now) {
        Member known = rooms.find(session.keyset, session.uuid, channel);
        Membership membership = known == null ? null : known.membership(group);
        boolean isThere = membership != null && session.memberships.contains(membership);
        if (!session.isOver && !session.isSuspended && !isThere && session.hasPlace()) {
            join(session, channel, group, null, now);
        }
    }

    /** Whether a channel is in a group now. */
    boolean isIn(ChannelGroup group, String channel) {
        return groupChannels.isIn(group, channel);
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
            rest(member, now);
        }
        return change(member, state, now);
    }

    /** An absent user has a state for some minutes more. */
    private void rest(Member absent, long now) {
        absent.expires = now + ABSENT_NANOS;
        deadlines.put(absent);
    }

    /**
     * The state that a user has on a channel as far as this node knows, null for none. The tables have the state of a
     * present user.
     */
    public @Nullable Json state(String keyset, String uuid, String channel) {
        Member member = rooms.find(keyset, uuid, channel);
        return member == null ? null : member.state;
    }

    /** Whether a user is on a channel, as this node knows. */
    public boolean isPresent(String keyset, String uuid, String channel) {
        Member member = rooms.find(keyset, uuid, channel);
        return member != null && member.isPresent();
    }

    /** How many users are on a channel, as this node knows. */
    int occupancy(String keyset, String channel) {
        ChannelMembers room = rooms.room(keyset, channel);
        return room == null ? 0 : room.occupancy();
    }

    /** How many members there are, each user counted on each channel; also those that are not there but have a state. */
    public int members() {
        return rooms.members();
    }

    /**
     * Runs an action when readers of the tables, also those of other nodes, see all that was done before; or when the
     * journal rejects that, or has rejected the reports before.
     *
     * @param action is done on the thread of presence; it must be short
     */
    public void whenReported(Runnable action) {
        reports.whenReported(action);
    }

    /** How many members have a deadline. */
    int deadlines() {
        return deadlines.size();
    }

    /** About how many bytes of announcements have been postponed so far: their cause is charged at once. */
    long postponedBytes() {
        return announcer.postponedBytes();
    }

    /** Whether announcements have to wait: then work that leads to announcements should wait too. */
    boolean isFull() {
        return announcer.isFull();
    }

    /**
     * Does some of what is due: users whose time is over are gone, changes of an interval are announced.
     *
     * @return whether more is due now
     */
    boolean tick(long now) {
        int left = MOST_DUE_AT_ONCE;
        boolean isMoreLost = announcer.makeUp(left, now);
        for (Member next = deadlines.first(); next != null && next.wakes - now <= 0; next = deadlines.first()) {
            if (left-- == 0 || announcer.isFull()) {
                return true;
            }
            due(next, now);
        }
        for (Rejoin next = rejoins.poll(now); next != null; next = rejoins.poll(now)) {
            if (!next.stream.isSuspended) {
                rejoin(next.stream, next.membership, next.state, now);
            }
            if (left-- == 0 || announcer.isFull()) {
                return true;
            }
        }
        return announcer.tick(left, now) || isMoreLost;
    }

    /**
     * Other nodes have taken this one for dead, and have ended its leases: this node reports the present members again,
     * in small steps, and announces them as joins. Members that were restored at the start and not heard of since are
     * gone, as was announced. Walks over all members.
     */
    void reportAgain(long now) {
        for (Member member : rooms.all()) {
            if (member.isPresent() && member.memberships.stream().allMatch(membership -> membership.isRestored)) {
                remove(member, End.TIMEOUT, Action.TIMEOUT, now);
            } else if (member.isPresent()) {
                announcer.lost(member);
            }
        }
    }

    /** Reports everything that was postponed: the server stops. */
    void finish(long now) {
        announcer.announceAllPostponed(now);
    }

    private void due(Member member, long now) {
        if (!memberships.isExpired(member, now)) {
            return;
        }
        if (member.isPresent()) {
            remove(member, End.TIMEOUT, Action.TIMEOUT, now);
        } else {
            rooms.remove(member);
            rooms.removeIfEmpty(member.room);
        }
    }

    private void appear(Member member, @Nullable Json state, boolean isPolling, long now) {
        if (member.isPresent()) {
            if (isPolling) {
                announcer.polled(member, now);
            }
            if (state != null) {
                boolean _ = change(member, state, now);
            }
            return;
        }
        if (state != null) {
            boolean _ = hold(member, state); // without room for its state the user is there all the same
        }
        announcer.comes(member.room, now);
        member.room.enter(member);
        announcer.came(member, isPolling, now);
    }

    private void remove(Member member, End end, Action how, long now) {
        announcer.announcePostponedJoins(member.room, now);
        member.room.exit(member);
        deadlines.remove(member);
        member.memberships.forEach(membership -> membership.end = end);
        rooms.remove(member);
        announcer.gone(member, how, now);
        rooms.removeIfEmpty(member.room);
    }

    private boolean change(Member member, Json state, long now) {
        if (state.equals(member.state)) {
            return true;
        }
        announcer.announcePostponedJoins(member.room, now); // with the state before
        if (!hold(member, state)) {
            return false;
        }
        announcer.changed(member, state, now);
        return true;
    }

    private static boolean hold(Member member, Json state) {
        boolean isPlace = member.holder.hold(Member.bytes(state) - Member.bytes(member.state));
        if (isPlace) {
            member.state = state;
        }
        return isPlace;
    }
}
