package dev.manicule.server.ledger;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.AddFile;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.ChangeDevice;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteFile;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.ExpireFiles;
import dev.manicule.server.command.FollowFeed;
import dev.manicule.server.command.GrantToKeys;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.RemoveEntity;
import dev.manicule.server.command.RemoveDevice;
import dev.manicule.server.command.RemoveNode;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.command.Tick;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Membership;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revocation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Decides the outcomes of commands: the one place that changes tables, in a transaction. A decision depends on the
 * tables, the command and its timetoken, and on nothing else. The log says which version of the rules is in force
 * ({@link RuleBook}).
 */
class Rules {
    /** How many messages expire with one command at most: some milliseconds of work. The next one goes on. */
    private static final int MOST_EXPIRED_AT_ONCE = 500;
    /** When more users of a channel time out at once with their node, one announcement covers all of them. */
    private static final int MOST_TIMED_OUT_ALONE = 20;

    private final Transaction transaction;
    private final Tables tables;
    private final GlobalFeed.Bounds bounds;

    /**
     * Those over a transaction.
     *
     * @param bounds how much is kept of the feed of all channels
     */
    Rules(Transaction transaction, GlobalFeed.Bounds bounds) {
        this.transaction = transaction;
        tables = transaction.tables();
        this.bounds = bounds;
    }

    /** Decides the outcome of a command; its changes are in the transaction then. */
    Outcome decide(Command<?> command, long timetoken) throws RocksDBException {
        advance(timetoken);
        return apply(command, timetoken);
    }

    /** Does what is due: time passes with each timetoken of a command, and with nothing else. */
    private void advance(long timetoken) throws RocksDBException {
        long period = Recent.period(timetoken);
        if (period > Recent.period(transaction.lastTimetoken()) && period > 1) {
            Recent.begin(period, transaction);
            GlobalFeed.begin(period, bounds, transaction);
        }
        transaction.reached(timetoken);
        if (transaction.nextExpiry() <= timetoken) {
            expire(timetoken);
        }
    }

    private void expire(long timetoken) throws RocksDBException {
        Expiries.Due due = Expiries.due(Expiries.TABLE, transaction.nextExpiry(), timetoken, MOST_EXPIRED_AT_ONCE,
                transaction);
        for (byte[] key : due.keys()) {
            long message = Expiries.message(key);
            transaction.delete(new Deletion(new ByteKey(Expiries.channel(key)), message, message, timetoken));
            transaction.delete(tables.of(Expiries.TABLE), key);
        }
        transaction.setNextExpiry(due.next());
    }

    private Outcome apply(Command<?> command, long timetoken) throws RocksDBException {
        return switch (command) {
            case Publish publish -> publish(publish, timetoken);
            case AddAction add -> addAction(add, timetoken);
            case RemoveAction remove -> removeAction(remove, timetoken);
            case ChangeActions change -> changeActions(change, timetoken);
            case Idempotent<?> once -> once(once, timetoken);
            case DeleteMessages delete -> deleteMessages(delete, timetoken);
            case Retain retain -> retain(retain, timetoken);
            case Tick _ -> new Tick.Ticked();
            case ChangePresence change -> changePresence(change, timetoken);
            case ChangeGroup change -> changeGroup(change, timetoken);
            case RevokeToken revoke -> revokeToken(revoke);
            case GrantToKeys grant -> KeyGrants.put(grant, transaction);
            case ReportNode report -> Nodes.report(report, timetoken, transaction)
                    ? new ReportNode.NodeReported()
                    : new ReportNode.NodeReplaced();
            case RemoveNode remove -> removeNode(remove, timetoken);
            case DeleteGroup delete -> deleteGroup(delete, timetoken);
            case ExpireActions expire -> expireActions(expire, timetoken);
            case MarkRead mark -> markRead(mark, timetoken);
            case SetEntity set -> setEntity(set, timetoken);
            case RemoveEntity remove -> removeEntity(remove, timetoken);
            case ChangeMemberships change -> changeMemberships(change, timetoken);
            case AddFile add -> StoredFiles.add(add, timetoken, transaction);
            case DeleteFile delete -> StoredFiles.delete(delete, transaction);
            case ExpireFiles expire -> StoredFiles.expire(expire, timetoken, transaction);
            case ChangeDevice change -> Devices.change(change, timetoken, transaction);
            case RemoveDevice remove -> Devices.remove(remove, transaction);
            case FollowFeed follow -> FeedReaders.follow(follow, timetoken, transaction);
        };
    }

    private Publish.Outcome publish(Publish publish, long timetoken) throws RocksDBException {
        byte[] channel = Keys.channel(publish.channel());
        if (publish.delivery().isStored()) {
            long horizon = transaction.horizons().from(publish.channel().keyset(), timetoken);
            Messages.put(publish, channel, timetoken, horizon, transaction);
        }
        if (publish.delivery() != Delivery.FIRED) {
            emit(Envelopes.message(publish, timetoken), channel);
        }
        return new Publish.Published(timetoken);
    }

    private ChangePresence.Outcome changePresence(ChangePresence command, long timetoken) throws RocksDBException {
        long next = timetoken;
        if (command.node() != ChangePresence.ONLY_NODE) {
            Nodes.seen(command.node(), timetoken, transaction);
        }
        for (PresenceChange change : command.changes()) {
            if (change.timetokens() > 1) {
                advance(next);
                boolean _ = announce(change, Leases.joinDue(change, next, transaction), next);
            }
            long last = next + change.timetokens() - 1;
            boolean _ = changePresence(change, command.node(), last);
            next = last + 1;
        }
        return new ChangePresence.PresenceChanged(timetoken);
    }

    /**
     * Applies one of several changes, each with a timetoken of its own. Returns whether the change is announced to
     * subscribers.
     */
    private boolean changePresence(PresenceChange change, long node, long timetoken) throws RocksDBException {
        advance(timetoken);
        return announce(change, Leases.change(change, node, timetoken, transaction), timetoken);
    }

    private boolean announce(PresenceChange change, @Nullable Json announcement, long timetoken)
            throws RocksDBException {
        if (announcement == null) {
            return false;
        }
        Event event = Envelopes.announcement(change, announcement, timetoken);
        emit(event, Keys.channel(event.channel()));
        return true;
    }

    private RemoveNode.Outcome removeNode(RemoveNode remove, long timetoken) throws RocksDBException {
        Nodes.Seen seen = Nodes.find(remove.node(), transaction);
        if (seen.at() > remove.seenBefore()) {
            return new RemoveNode.NodeSeen();
        }
        Leases.Some some = Leases.some(remove.node(), seen.looked(), remove.most(), transaction);
        Map<Channel, List<Leave>> byChannel = new LinkedHashMap<>();
        some.leases().forEach(each -> byChannel.computeIfAbsent(each.channel(), first -> new ArrayList<>()).add(each));
        long next = timetoken;
        for (Map.Entry<Channel, List<Leave>> ofChannel : byChannel.entrySet()) {
            next = timeOut(ofChannel.getKey(), ofChannel.getValue(), remove.node(), next);
        }
        advance(timetoken + remove.timetokens() - 1);
        if (!some.leases().isEmpty()) {
            transaction.removed(remove.node());
        }
        byte[] upTo = some.upTo();
        if (upTo == null) {
            Nodes.delete(remove.node(), transaction);
        } else {
            Nodes.put(remove.node(), seen.looked(upTo), transaction);
        }
        return new RemoveNode.NodeRemoved(some.leases().size(), upTo != null);
    }

    /** Ends leases on a channel, and gives the next timetoken. Many together are announced together. */
    private long timeOut(Channel channel, List<Leave> leases, long node, long timetoken) throws RocksDBException {
        boolean isCrowd = leases.size() > MOST_TIMED_OUT_ALONE;
        long next = timetoken;
        for (Leave each : leases) {
            Leave leave = isCrowd ? new Leave(channel, each.uuid(), true, false) : each;
            next += changePresence(leave, node, next) ? 1 : 0;
        }
        if (isCrowd) {
            List<String> uuids = leases.stream().map(Leave::uuid).toList();
            boolean isTooMuch = uuids.size() > Interval.MOST_NAMES
                    || uuids.stream().mapToInt(String::length).sum() > Interval.MOST_CHARACTERS;
            Interval interval = isTooMuch
                    ? Interval.refresh(channel, null)
                    : new Interval(channel, List.of(), List.of(), uuids, false, null);
            next += changePresence(interval, node, next) ? 1 : 0;
        }
        return next;
    }

    private AddAction.Outcome addAction(AddAction add, long timetoken) throws RocksDBException {
        byte[] channel = Keys.channel(add.channel());
        Visible visible = transaction.visible(add.channel().keyset(), channel, timetoken);
        if (add.strictParent() && !Messages.isStored(add.messageTimetoken(), channel, visible, transaction)) {
            return new AddAction.NoSuchMessage();
        }
        MessageAction action = new MessageAction(add.messageTimetoken(), add.type(), add.value(), add.uuid(),
                timetoken);
        Put put = put(action, channel, visible, add.mostBytes());
        if (put.refusal() != null) {
            return put.refusal();
        }
        emit(Envelopes.added(add.channel(), action, put.count()), channel);
        return new AddAction.Added(action);
    }

    /**
     * Puts an action on its message, if it may be there; an import does so too. The rule that a uuid can't put the same type and value on a
     * message twice is here, and only here.
     *
     * @param visible which rows of the channel are visible
     * @param mostBytes how many bytes the actions on the message may take
     */
    Put put(MessageAction action, byte[] channel, Visible visible, long mostBytes) throws RocksDBException {
        long message = action.messageTimetoken();
        ActionKeys keys = new ActionKeys(channel, action);
        MessageAction same = ActionsByUser.find(action, keys, transaction);
        if (same != null && visible.isAction(message, same.actionTimetoken())) {
            return Put.refused(existing(same));
        }
        ActionCount before = ActionsByMessage.countOn(message, channel, keys.count(), visible, transaction);
        ActionCount withIt = before.plus(keys.bytes(), action.actionTimetoken());
        if (before.actions() >= Ledger.MAX_ACTIONS_PER_MESSAGE) {
            return Put.refused(new AddAction.TooManyActions());
        }
        if (withIt.bytes() > mostBytes) {
            return Put.refused(new AddAction.TooManyBytes());
        }
        if (same != null) { // its place is taken: then nothing would lead to its other rows
            Actions.purge(channel, keys, same.actionTimetoken(), transaction);
        }
        return new Put(null, Actions.put(action, channel, keys, withIt, visible, transaction));
    }

    /** The outcome of an addition of an action that is there already. */
    AddAction.Outcome existing(MessageAction action) {
        return new AddAction.Exists(action);
    }

    /**
     * Whether an action was put on its message.
     *
     * @param refusal why it may not be there; null when it is there now
     * @param count how many actions of its type and value are there then
     */
    record Put(AddAction.@Nullable Outcome refusal, long count) {
        static Put refused(AddAction.Outcome why) {
            return new Put(why, 0);
        }
    }

    private ChangeActions.Outcome changeActions(ChangeActions command, long timetoken) throws RocksDBException {
        byte[] channel = Keys.channel(command.channel());
        ActionChanges changes = new ActionChanges(command.channel(),
                transaction.visible(command.channel().keyset(), channel, timetoken), timetoken, this, transaction);
        ChangeActions.Outcome outcome = changes.decide(command);
        for (Event event : changes.events()) {
            emit(event, channel);
        }
        advance(timetoken + command.timetokens() - 1);
        return outcome;
    }

    private ExpireActions.Outcome expireActions(ExpireActions command, long timetoken) throws RocksDBException {
        int expired = 0;
        for (Map.Entry<Channel, MessageAction> due : ActionExpiries.takeDue(command, timetoken, transaction)) {
            byte[] channel = Keys.channel(due.getKey());
            MessageAction action = due.getValue();
            Visible visible = transaction.visible(due.getKey().keyset(), channel, timetoken);
            if (visible.isAction(action.messageTimetoken(), action.actionTimetoken())) {
                long at = timetoken + expired;
                long left = Actions.takeOff(action, channel, visible, at, transaction);
                emit(Envelopes.expired(due.getKey(), action, at, left), channel);
                expired++;
            }
        }
        advance(timetoken + command.timetokens() - 1);
        return new ExpireActions.ActionsExpired(expired);
    }

    /** The action that is on its message with the same type, value and user, whatever its timetoken; null when none is. */
    @Nullable
    MessageAction find(MessageAction action, byte[] channel, Visible visible)
            throws RocksDBException {
        MessageAction there = ActionsByUser.find(action, new ActionKeys(channel, action), transaction);
        return there != null && visible.isAction(there.messageTimetoken(), there.actionTimetoken()) ? there : null;
    }

    private RemoveAction.Outcome removeAction(RemoveAction remove, long timetoken) throws RocksDBException {
        byte[] channel = Keys.channel(remove.channel());
        byte[] row = transaction.get(tables.of(Actions.TABLE), Keys.newestFirst(channel, remove.actionTimetoken()));
        if (row == null) {
            return new RemoveAction.NoSuchAction();
        }
        MessageAction action = Actions.read(row);
        Visible visible = transaction.visible(remove.channel().keyset(), channel, timetoken);
        if (action.messageTimetoken() != remove.messageTimetoken()
                || !visible.isAction(action.messageTimetoken(), action.actionTimetoken())) {
            return new RemoveAction.NoSuchAction();
        }
        if (!action.uuid().equals(remove.uuid()) && !remove.moderates()) {
            return new RemoveAction.WrongUuid();
        }
        long left = Actions.takeOff(action, channel, visible, timetoken, transaction);
        emit(Envelopes.removed(remove.channel(), action, remove.uuid(), timetoken, left), channel);
        return new RemoveAction.Removed();
    }

    /**
     * Deletes messages, the actions on messages of the range (also on those that never existed), and the events of both, so
     * that catch-up can't bring back what was deleted. Of any size it is one row, and all of it happens at once.
     */
    private DeleteMessages.Outcome deleteMessages(DeleteMessages delete, long timetoken)
            throws RocksDBException {
        Range range = delete.range();
        if (!range.isEmpty()) {
            transaction.delete(new Deletion(new ByteKey(Keys.channel(delete.channel())), range.from(), range.to(),
                    timetoken));
        }
        return new DeleteMessages.Deleted();
    }

    /** What is gone stays gone, though the keyset keeps longer from now on. */
    private Retain.Outcome retain(Retain retain, long timetoken) {
        Horizons.Kept before = transaction.horizons().of(retain.keyset());
        if (before.steps() != retain.steps()) {
            Horizons.put(retain.keyset(), before.set(retain.steps(), timetoken), transaction);
        }
        return new Retain.Retained();
    }

    /** Applies a request unless it was applied a while ago, and stores its outcome. */
    private Outcome once(Idempotent<?> once, long timetoken) throws RocksDBException {
        IdempotencyKey id = once.key();
        byte[] known = IdempotentRequests.known(id, timetoken, transaction);
        boolean isSame = known != null && IdempotentRequests.isOfSame(known, id);
        if (known != null && (isSame || id.isStrict())) {
            advance(timetoken + once.timetokens() - 1); // as if it had been applied
            return isSame ? IdempotentRequests.outcome(known, once.command()) : new Idempotent.KeyReused();
        }
        Outcome outcome = apply(once.command(), timetoken);
        IdempotentRequests.put(id, outcome, timetoken, transaction);
        return outcome;
    }

    /** Refuses only what makes a group larger: where the limit was lowered, channels can still be taken out. */
    private ChangeGroup.Outcome changeGroup(ChangeGroup change, long timetoken) throws RocksDBException {
        Map<String, Long> before = Groups.of(change.group(), transaction);
        Map<String, Long> members = new TreeMap<>(before);
        change.add().forEach(channel -> members.putIfAbsent(channel, timetoken));
        change.remove().forEach(members::remove);
        if (members.equals(before)) {
            return new ChangeGroup.Changed(); // many clients add existing channels again at each start
        }
        int bytes = Groups.row(members).length;
        boolean isMore = members.size() > before.size();
        if ((isMore && members.size() > change.most())
                || (bytes > ChannelGroup.maxBytes(change.most()) && bytes > Groups.row(before).length)) {
            return new ChangeGroup.GroupFull();
        }
        return writeGroup(change.group(), before, members, timetoken);
    }

    private ChangeGroup.Outcome deleteGroup(DeleteGroup delete, long timetoken) throws RocksDBException {
        Map<String, Long> before = Groups.of(delete.group(), transaction);
        return before.isEmpty()
                ? new ChangeGroup.Changed()
                : writeGroup(delete.group(), before, Map.of(), timetoken);
    }

    private ChangeGroup.Outcome writeGroup(ChannelGroup group, Map<String, Long> before, Map<String, Long> now,
            long timetoken) throws RocksDBException {
        Groups.put(group, now, transaction);
        transaction.changed(new Members(group, now, FormerChannels.change(group, before, now, timetoken, transaction)));
        return new ChangeGroup.Changed();
    }

    private RevokeToken.Outcome revokeToken(RevokeToken revoke) throws RocksDBException {
        Revocations.put(revoke, transaction);
        transaction.revoked(new Revocation(revoke.keyset(), revoke.token(), revoke.expiry(), revoke.now()));
        return new RevokeToken.Revoked();
    }

    private MarkRead.Outcome markRead(MarkRead mark, long timetoken) throws RocksDBException {
        ReadMarks.Decided decided = ReadMarks.mark(mark, timetoken, transaction);
        if (decided.advances() && decided.outcome() instanceof MarkRead.Marked(long upTo)) {
            Event event = Envelopes.markedRead(mark, upTo, timetoken);
            emit(event, Keys.channel(event.channel()));
        }
        return decided.outcome();
    }

    private SetEntity.Outcome setEntity(SetEntity set, long timetoken) throws RocksDBException {
        SetEntity.Outcome outcome = Entities.set(set, timetoken, transaction);
        if (outcome instanceof SetEntity.EntitySet(Metadata metadata)) {
            emit(Envelopes.entitySet(set, metadata));
        }
        return outcome;
    }

    private RemoveEntity.Outcome removeEntity(RemoveEntity remove, long timetoken) throws RocksDBException {
        List<Membership> removed = Memberships.removeSome(remove, transaction);
        long next = timetoken;
        for (Membership membership : removed) {
            next = emitRemoval(remove.entity().keyset(), membership, next);
        }
        boolean isLast = remove.mostMemberships() == 0 || removed.size() < remove.mostMemberships();
        if (isLast && Entities.remove(remove.entity(), transaction)) {
            emit(Envelopes.entityRemoved(remove.entity(), next));
        }
        advance(timetoken + remove.timetokens() - 1);
        return isLast ? new RemoveEntity.EntityRemoved() : new RemoveEntity.MembershipsLeft();
    }

    private ChangeMemberships.Outcome changeMemberships(ChangeMemberships change, long timetoken)
            throws RocksDBException {
        ChangeMemberships.Outcome refusal = Memberships.refusal(change, transaction);
        if (refusal == null) {
            String keyset = change.owner().keyset();
            long next = timetoken;
            for (ChangeMemberships.Member member : change.sets()) {
                Membership membership = Memberships.set(change.owner(), member, next, transaction);
                emit(Envelopes.membershipSet(keyset, membership, membership.channel(), next));
                if (!membership.user().equals(membership.channel())) {
                    emit(Envelopes.membershipSet(keyset, membership, membership.user(), next + 1));
                }
                next += 2;
            }
            for (String name : change.removals()) {
                Membership membership = Memberships.remove(change.owner(), name, transaction);
                next = membership == null ? next : emitRemoval(keyset, membership, next);
            }
        }
        advance(timetoken + change.timetokens() - 1);
        return refusal == null ? new ChangeMemberships.MembershipsChanged() : refusal;
    }

    /** Has the subscribers of both get an event, once where both have one name; returns the next timetoken. */
    private long emitRemoval(String keyset, Membership membership, long timetoken) throws RocksDBException {
        emit(Envelopes.membershipRemoved(keyset, membership, membership.channel(), timetoken));
        if (!membership.user().equals(membership.channel())) {
            emit(Envelopes.membershipRemoved(keyset, membership, membership.user(), timetoken + 1));
        }
        return timetoken + 2;
    }

    private void emit(Event event) throws RocksDBException {
        emit(event, Keys.channel(event.channel()));
    }

    private void emit(Event event, byte[] channel) throws RocksDBException {
        Feed.put(event, channel, transaction);
        GlobalFeed.put(event, channel, bounds, transaction);
        transaction.emit(event);
    }
}
