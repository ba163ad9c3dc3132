package dev.manicule.server.ledger;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Announce.Announcement;
import dev.manicule.server.command.Announce;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.command.Tick;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.RocksDBException;

/**
 * What becomes of commands: the one place that changes tables, by way of a draft. What a rule decides depends on the
 * tables, the command and its timetoken, and on nothing else. Which version of them is in force, the log says ({@link RuleBook}).
 */
class Rules {
    /** How many messages expire with one command at most: some milliseconds of work. The next one goes on. */
    private static final int MOST_EXPIRED_AT_ONCE = 100;

    private static final byte[] NOTHING = {};

    private final Draft draft;
    private final Tables tables;
    private final GlobalFeed.Bounds bounds;

    /**
     * Those over a draft.
     *
     * @param bounds how much is kept of the feed of all channels
     */
    Rules(Draft draft, GlobalFeed.Bounds bounds) {
        this.draft = draft;
        tables = draft.tables();
        this.bounds = bounds;
    }

    /** What becomes of a command; what it changes is in the draft then. */
    Outcome decide(Command<?> command, long timetoken) throws RocksDBException {
        advance(timetoken);
        return apply(command, timetoken);
    }

    /** Has happen what is due: time passes with each command, and with nothing else. */
    private void advance(long timetoken) throws RocksDBException {
        long period = Keys.period(timetoken);
        if (period > Keys.period(draft.lastTimetoken()) && period > 1) {
            draft.clear(tables.recent, Keys.recent(0), Keys.recent(period - 1));
            GlobalFeed.begin(period, bounds, draft);
        }
        draft.reached(timetoken);
        if (draft.nextExpiry() <= timetoken) {
            expire(timetoken);
        }
    }

    private void expire(long timetoken) throws RocksDBException {
        long next = Expiries.NEVER;
        int left = MOST_EXPIRED_AT_ONCE;
        for (byte[] key : draft.firstKeys(tables.expiries, MOST_EXPIRED_AT_ONCE + 1)) {
            if (left == 0 || Expiries.expiry(key) > timetoken) {
                next = Expiries.expiry(key);
                break;
            }
            long message = Expiries.message(key);
            draft.delete(new Deletion(new ByteKey(Expiries.channel(key)), message, message, timetoken));
            draft.delete(tables.expiries, key);
            left--;
        }
        draft.setNextExpiry(next);
    }

    private Outcome apply(Command<?> command, long timetoken) throws RocksDBException {
        return switch (command) {
            case Publish publish -> publish(publish, timetoken);
            case AddAction add -> addAction(add, timetoken);
            case RemoveAction remove -> removeAction(remove, timetoken);
            case Idempotent<?> once -> once(once, timetoken);
            case DeleteMessages delete -> deleteMessages(delete, timetoken);
            case Retain retain -> retain(retain, timetoken);
            case Tick _ -> new Tick.Ticked();
            case Announce announce -> announce(announce, timetoken);
            case ChangeGroup change -> changeGroup(change, timetoken);
            case RevokeToken revoke -> revokeToken(revoke);
            case DeleteGroup delete -> deleteGroup(delete, timetoken);
        };
    }

    private Publish.Outcome publish(Publish publish, long timetoken) throws RocksDBException {
        byte[] channel = Keys.channel(publish.channel());
        if (publish.delivery() == Delivery.STORED) {
            draft.put(tables.messages, Keys.at(channel, timetoken), MessageRow.of(publish));
            if (publish.lifetime() > 0) {
                long expiry = timetoken + publish.lifetime();
                draft.put(tables.expiries, Expiries.key(expiry, channel, timetoken), NOTHING);
                draft.setNextExpiry(Math.min(draft.nextExpiry(), expiry));
            }
        }
        if (publish.delivery() != Delivery.FIRED) {
            tell(Envelopes.message(publish, timetoken), channel);
        }
        return new Publish.Published(timetoken);
    }

    private Announce.Outcome announce(Announce announce, long timetoken) throws RocksDBException {
        long next = timetoken;
        for (Announcement announcement : announce.announcements()) {
            tell(Envelopes.announcement(announcement, next), Keys.channel(announcement.place()));
            draft.reached(next);
            next++;
        }
        return new Announce.Announced(timetoken);
    }

    /** The rule that a uuid can't put the same type and value on a message twice is here, and only here. */
    private AddAction.Outcome addAction(AddAction add, long timetoken) throws RocksDBException {
        byte[] channel = Keys.channel(add.channel());
        Visible visible = draft.visible(add.channel().keyset(), channel, timetoken);
        if (add.strictParent() && !isStored(add.messageTimetoken(), channel, visible)) {
            return new AddAction.NoSuchMessage();
        }
        byte[] unique = Keys.action(channel, add.messageTimetoken(), add.type(), add.value(), add.uuid());
        byte[] same = draft.get(tables.actionsByMessage, unique);
        if (same != null && visible.isAction(add.messageTimetoken(), Keys.number(same))) {
            return new AddAction.AlreadyAdded();
        }
        ActionCount count = countOn(add.messageTimetoken(), channel, visible);
        ActionCount withThis = count.plus(ActionCount.bytes(add.type(), add.value(), add.uuid()), timetoken);
        if (count.actions() >= Ledger.MAX_ACTIONS_PER_MESSAGE) {
            return new AddAction.TooManyActions();
        }
        if (withThis.bytes() > add.mostBytes()) {
            return new AddAction.TooManyBytes();
        }
        if (same != null) { // its place is taken: then nothing would lead to its other rows
            draft.delete(tables.actions, Keys.newestFirst(channel, Keys.number(same)));
            draft.delete(tables.feed, Keys.at(channel, Keys.number(same)));
        }
        MessageAction action = new MessageAction(add.messageTimetoken(), add.type(), add.value(), add.uuid(),
                timetoken);
        draft.put(tables.actionsByMessage, unique, Keys.number(timetoken));
        draft.put(tables.actionsByMessage, Keys.actionCount(channel, add.messageTimetoken()), withThis.row());
        draft.put(tables.actions, Keys.newestFirst(channel, timetoken), ActionRow.of(action));
        tell(Envelopes.added(add.channel(), action), channel);
        return new AddAction.Added(action);
    }

    private boolean isStored(long message, byte[] channel, Visible visible) throws RocksDBException {
        return visible.isMessage(message) && draft.get(tables.messages, Keys.at(channel, message)) != null;
    }

    /** How much is on a message. Where some of it may be too old by now, what is left is counted. */
    private ActionCount countOn(long message, byte[] channel, Visible visible) throws RocksDBException {
        ActionCount said = visible.countOn(message,
                ActionCount.read(draft.get(tables.actionsByMessage, Keys.actionCount(channel, message))));
        if (said.actions() == 0 || said.oldest() >= visible.horizon()) {
            return said;
        }
        ActionCount left = ActionCount.NONE;
        for (Map.Entry<ByteKey, byte[]> row : draft.rows(tables.actionsByMessage, Keys.actions(channel, message))
                .entrySet()) {
            long timetoken = Keys.number(row.getValue());
            if (visible.isAction(message, timetoken)) {
                Keys.ActionKey action = Keys.parseAction(row.getKey().bytes, channel.length);
                left = left.plus(ActionCount.bytes(action.type(), action.value(), action.uuid()), timetoken);
            }
        }
        return left;
    }

    private RemoveAction.Outcome removeAction(RemoveAction remove, long timetoken) throws RocksDBException {
        byte[] channel = Keys.channel(remove.channel());
        byte[] row = draft.get(tables.actions, Keys.newestFirst(channel, remove.actionTimetoken()));
        if (row == null) {
            return new RemoveAction.NoSuchAction();
        }
        MessageAction action = ActionRow.read(row);
        Visible visible = draft.visible(remove.channel().keyset(), channel, timetoken);
        if (action.messageTimetoken() != remove.messageTimetoken()
                || !visible.isAction(action.messageTimetoken(), action.actionTimetoken())) {
            return new RemoveAction.NoSuchAction();
        }
        if (!action.uuid().equals(remove.uuid()) && !remove.moderates()) {
            return new RemoveAction.WrongUuid();
        }
        takeOff(action, channel, visible, timetoken);
        tell(Envelopes.removed(remove.channel(), action, remove.uuid(), timetoken), channel);
        return new RemoveAction.Removed();
    }

    private void takeOff(MessageAction action, byte[] channel, Visible visible, long timetoken)
            throws RocksDBException {
        long message = action.messageTimetoken();
        ActionCount count = countOn(message, channel, visible)
                .minus(ActionCount.bytes(action.type(), action.value(), action.uuid()), timetoken);
        byte[] countKey = Keys.actionCount(channel, message);
        draft.delete(tables.actions, Keys.newestFirst(channel, action.actionTimetoken()));
        draft.delete(tables.actionsByMessage,
                Keys.action(channel, message, action.type(), action.value(), action.uuid()));
        draft.put(tables.actionsByMessage, Keys.removedAction(channel, message, timetoken),
                Keys.number(action.actionTimetoken()));
        if (count.actions() > 0) {
            draft.put(tables.actionsByMessage, countKey, count.row());
        } else {
            draft.delete(tables.actionsByMessage, countKey);
        }
    }

    /**
     * Deletes messages, the actions on messages of the range (also on those that never existed), and the events of both, so
     * that catch-up can't bring back what was deleted. Of any size it is one row, and all of it happens at once.
     */
    private DeleteMessages.Outcome deleteMessages(DeleteMessages delete, long timetoken) {
        Range range = delete.range();
        if (!range.isEmpty()) {
            draft.delete(new Deletion(new ByteKey(Keys.channel(delete.channel())), range.from(), range.to(),
                    timetoken));
        }
        return new DeleteMessages.Deleted();
    }

    /** What is gone stays gone, though the keyset keeps longer from now on. */
    private Retain.Outcome retain(Retain retain, long timetoken) {
        Horizons.Kept before = draft.horizons().of(retain.keyset());
        if (before.steps() != retain.steps()) {
            Horizons.Kept now = before.set(retain.steps(), timetoken);
            draft.put(tables.meta, Keys.retention(retain.keyset()), now.row());
            draft.set(draft.horizons().with(retain.keyset(), now));
        }
        return new Retain.Retained();
    }

    /** Does a request unless it was done a while ago, and remembers what became of it. */
    private Outcome once(Idempotent<?> once, long timetoken) throws RocksDBException {
        IdempotencyKey id = once.key();
        long period = Keys.period(timetoken);
        byte[] known = draft.get(tables.recent, Keys.request(period, id));
        if (known == null) {
            known = draft.get(tables.recent, Keys.request(period - 1, id));
        }
        if (known != null && RequestRow.isOfSame(known, id)) {
            return RequestRow.outcome(known, once.command());
        }
        if (known != null && id.isStrict()) {
            return new Idempotent.KeyReused();
        }
        Outcome outcome = apply(once.command(), timetoken);
        draft.put(tables.recent, Keys.request(period, id), RequestRow.of(id, outcome, timetoken));
        return outcome;
    }

    /** Refuses only what makes a group larger: where the limit was lowered, channels can still be taken out. */
    private ChangeGroup.Outcome changeGroup(ChangeGroup change, long timetoken) throws RocksDBException {
        byte[] row = draft.get(tables.meta, Keys.group(change.group()));
        Map<String, Long> before = row == null ? Map.of() : GroupRow.read(row);
        Map<String, Long> members = new TreeMap<>(before);
        change.add().forEach(channel -> members.putIfAbsent(channel, timetoken));
        change.remove().forEach(members::remove);
        if (members.equals(before)) {
            return new ChangeGroup.Changed(); // many clients put in what is there already each time that they start
        }
        byte[] now = GroupRow.of(members);
        boolean isMore = members.size() > before.size();
        boolean isLarger = now.length > (row == null ? 0 : row.length);
        if ((isMore && members.size() > change.most())
                || (isLarger && now.length > ChannelGroup.maxBytes(change.most()))) {
            return new ChangeGroup.GroupFull();
        }
        return writeGroup(change.group(), before, members, timetoken);
    }

    private ChangeGroup.Outcome deleteGroup(DeleteGroup delete, long timetoken) throws RocksDBException {
        byte[] row = draft.get(tables.meta, Keys.group(delete.group()));
        return row == null
                ? new ChangeGroup.Changed()
                : writeGroup(delete.group(), GroupRow.read(row), Map.of(), timetoken);
    }

    private ChangeGroup.Outcome writeGroup(ChannelGroup group, Map<String, Long> before, Map<String, Long> now,
            long timetoken) throws RocksDBException {
        byte[] key = Keys.group(group);
        if (now.isEmpty()) {
            draft.delete(tables.meta, key);
        } else {
            draft.put(tables.meta, key, GroupRow.of(now));
        }
        draft.changed(new Members(group, now, new FormerChannels(draft, tables).of(group, before, now, timetoken)));
        return new ChangeGroup.Changed();
    }

    /** Remembers a token, and forgets those that have ended long ago; how, {@link Revocation#forgottenBefore} says. */
    private RevokeToken.Outcome revokeToken(RevokeToken revoke) throws RocksDBException {
        String keyset = revoke.keyset();
        ByteKey below = new ByteKey(
                Keys.revoked(keyset, Revocation.forgottenBefore(revoke.now()), Revocation.EVERY));
        List<byte[]> ended = new ArrayList<>();
        for (ByteKey key : draft.rows(tables.meta, Keys.revocations(keyset)).headMap(below).keySet()) {
            ended.add(key.bytes);
            draft.delete(tables.meta, key.bytes);
        }
        byte[] now = Keys.number(revoke.now());
        if (!ended.isEmpty()) {
            long last = Keys.parseRevoked(ended.getLast(), now).expiry();
            draft.put(tables.meta, Keys.revoked(keyset, last, Revocation.EVERY), now);
        }
        draft.put(tables.meta, Keys.revoked(keyset, revoke.expiry(), revoke.token()), now);
        draft.revoked(new Revocation(keyset, revoke.token(), revoke.expiry(), revoke.now()));
        return new RevokeToken.Revoked();
    }

    private void tell(Event event, byte[] channel) throws RocksDBException {
        byte[] timetoken = Keys.number(event.timetoken());
        if (event.kept()) {
            draft.put(tables.feed, Keys.at(channel, event.timetoken()), FeedRow.of(event));
        } else {
            byte[] recent = Keys.recentEvents(Keys.period(event.timetoken()), channel);
            draft.put(tables.recent, Keys.at(recent, event.timetoken()), FeedRow.of(event));
        }
        draft.put(tables.channels, channel, timetoken);
        GlobalFeed.put(event, channel, bounds, draft);
        draft.tell(event);
    }
}
