package dev.manicule.server.ledger;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Announce;
import dev.manicule.server.command.Announce.Announcement;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.Expire;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Members;
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
 * tables, the command and its timetoken, and on nothing else.
 */
final class Rules {
    /** A deletion stops for others after this many rows: some ten milliseconds of work. */
    private static final int ROWS_AT_ONCE = 2_000;

    private final Draft draft;
    private final Tables tables;

    Rules(Draft draft, Tables tables) {
        this.draft = draft;
        this.tables = tables;
    }

    /** What becomes of a command; what it changes is in the draft then. */
    Outcome decide(Command<?> command, long timetoken) throws RocksDBException {
        draft.reached(timetoken);
        return switch (command) {
            case Publish publish -> publish(publish, timetoken);
            case AddAction add -> addAction(add, timetoken);
            case RemoveAction remove -> removeAction(remove, timetoken);
            case Idempotent<?> idempotent -> idempotent(idempotent, timetoken);
            case DeleteMessages delete -> deleteMessages(delete);
            case Expire expire -> expire(expire);
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
        if (add.strictParent() && draft.get(tables.messages, Keys.at(channel, add.messageTimetoken())) == null) {
            return new AddAction.NoSuchMessage();
        }
        byte[] unique = Keys.action(channel, add.messageTimetoken(), add.type(), add.value(), add.uuid());
        if (draft.get(tables.actionsByMessage, unique) != null) {
            return new AddAction.AlreadyAdded();
        }
        byte[] countKey = Keys.actionCount(channel, add.messageTimetoken());
        ActionCount count = ActionCount.read(draft.get(tables.actionsByMessage, countKey));
        ActionCount withThis = count.plus(ActionCount.bytes(add.type(), add.value(), add.uuid()));
        if (count.actions() >= Ledger.MAX_ACTIONS_PER_MESSAGE) {
            return new AddAction.TooManyActions();
        }
        if (withThis.bytes() > add.mostBytes()) {
            return new AddAction.TooManyBytes();
        }
        MessageAction action = new MessageAction(add.messageTimetoken(), add.type(), add.value(), add.uuid(),
                timetoken);
        draft.put(tables.actionsByMessage, unique, Keys.number(timetoken));
        draft.put(tables.actionsByMessage, countKey, withThis.row());
        draft.put(tables.actions, Keys.newestFirst(channel, timetoken), ActionRow.of(action));
        tell(Envelopes.added(add.channel(), action), channel);
        return new AddAction.Added(action);
    }

    private RemoveAction.Outcome removeAction(RemoveAction remove, long timetoken) throws RocksDBException {
        byte[] channel = Keys.channel(remove.channel());
        byte[] row = draft.get(tables.actions, Keys.newestFirst(channel, remove.actionTimetoken()));
        if (row == null) {
            return new RemoveAction.NoSuchAction();
        }
        MessageAction action = ActionRow.read(row);
        if (action.messageTimetoken() != remove.messageTimetoken()) {
            return new RemoveAction.NoSuchAction();
        }
        if (!action.uuid().equals(remove.uuid()) && !remove.moderates()) {
            return new RemoveAction.WrongUuid();
        }
        deleteAction(action, channel);
        tell(Envelopes.removed(remove.channel(), action, remove.uuid(), timetoken), channel);
        return new RemoveAction.Removed();
    }

    /**
     * Deletes messages, actions on messages of the range (also on those that never existed), and the events of both, so
     * that catch-up can't bring back what was deleted. Of a large range it deletes a part and leaves the rest in the
     * draft, so that nobody waits long for somebody else's deletion. A crash between the parts leaves the rest undeleted;
     * the caller has no answer then, and the same deletion again does it.
     */
    private DeleteMessages.Outcome deleteMessages(DeleteMessages delete) throws RocksDBException {
        Range range = delete.range();
        if (range.isEmpty()) {
            return new DeleteMessages.Deleted();
        }
        draft.erased();
        byte[] channel = Keys.channel(delete.channel());
        List<byte[]> messageKeys = new ArrayList<>();
        List<Row> actionRows = new ArrayList<>();
        try (Scan messages = draft.scan(tables.messages, channel, range);
                Scan actions = draft.scan(tables.actionsByMessage, channel, range)) {
            messages.first();
            actions.first();
            while (messages.isValid() || actions.isValid()) {
                boolean messageIsNext = !actions.isValid()
                        || (messages.isValid() && messages.timetoken() <= actions.timetoken());
                if (messageKeys.size() + actionRows.size() >= ROWS_AT_ONCE) {
                    long next = messageIsNext ? messages.timetoken() : actions.timetoken();
                    draft.leave(new DeleteMessages(delete.channel(), new Range(next, range.to(), range.newest())));
                    break;
                }
                if (messageIsNext) {
                    messageKeys.add(messages.key());
                    messages.next();
                } else {
                    actionRows.add(new Row(actions.key(), actions.row()));
                    actions.next();
                }
            }
            messages.check();
            actions.check();
        }
        for (byte[] key : messageKeys) {
            draft.delete(tables.messages, key);
            draft.delete(tables.feed, key);
        }
        for (Row row : actionRows) {
            deleteActionOf(row, channel);
        }
        return new DeleteMessages.Deleted();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(byte[] key, byte[] value) {}

    private void deleteActionOf(Row actionByMessage, byte[] channel) throws RocksDBException {
        byte[] key = actionByMessage.key();
        draft.delete(tables.actionsByMessage, key);
        if (!Keys.parseAction(key, channel.length).isCount()) {
            long timetoken = Keys.number(actionByMessage.value());
            draft.delete(tables.actions, Keys.newestFirst(channel, timetoken));
            draft.delete(tables.feed, Keys.at(channel, timetoken));
        }
    }

    /**
     * Takes out what is too old, a part at a time like a deletion. Whatever is kept has its event in the feed, under the
     * same timetoken, so the feed leads to all of it. Actions live as long as they themselves are young enough, also when
     * their message is gone.
     */
    private DeleteMessages.Outcome expire(Expire expire) throws RocksDBException {
        byte[] channel = Keys.channel(expire.channel());
        List<byte[]> keys = new ArrayList<>();
        boolean isWhole = true;
        try (Scan feed = draft.scan(tables.feed, channel, expire.range())) {
            for (feed.first(); feed.isValid() && isWhole; feed.next()) {
                if (keys.size() >= ROWS_AT_ONCE) {
                    draft.leave(new Expire(expire.channel(),
                            new Range(feed.timetoken(), expire.range().to(), expire.range().newest())));
                    isWhole = false;
                } else {
                    keys.add(feed.key());
                }
            }
            feed.check();
        }
        for (byte[] key : keys) {
            byte[] action = draft.get(tables.actions, Keys.otherWayRound(key));
            if (action == null) {
                draft.delete(tables.messages, key);
            } else {
                deleteAction(ActionRow.read(action), channel);
            }
            draft.delete(tables.feed, key);
        }
        byte[] last = isWhole ? draft.get(tables.channels, channel) : null;
        if (last != null && Keys.number(last) <= expire.range().to()) {
            draft.delete(tables.channels, channel);
        }
        return new DeleteMessages.Deleted();
    }

    private void deleteAction(MessageAction action, byte[] channel) throws RocksDBException {
        draft.delete(tables.actions, Keys.newestFirst(channel, action.actionTimetoken()));
        draft.delete(tables.actionsByMessage,
                Keys.action(channel, action.messageTimetoken(), action.type(), action.value(), action.uuid()));
        countOneLess(Keys.actionCount(channel, action.messageTimetoken()),
                ActionCount.bytes(action.type(), action.value(), action.uuid()));
    }

    /** Does a request unless it was done a while ago, and remembers what became of it. */
    private Outcome idempotent(Idempotent<?> idempotent, long timetoken) throws RocksDBException {
        IdempotencyKey key = idempotent.key();
        long period = Keys.period(timetoken);
        byte[] known = draft.get(tables.recent, Keys.request(period, key));
        if (known == null) {
            known = draft.get(tables.recent, Keys.request(period - 1, key));
        }
        if (known != null && RequestRow.isOfSame(known, key)) {
            return RequestRow.outcome(known, idempotent.command());
        }
        if (known != null && key.isStrict()) {
            return new Idempotent.KeyReused();
        }
        Outcome outcome = decide(idempotent.command(), timetoken);
        draft.put(tables.recent, Keys.request(period, key), RequestRow.of(key, outcome, timetoken));
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

    private DeleteGroup.Outcome deleteGroup(DeleteGroup delete, long timetoken) throws RocksDBException {
        byte[] row = draft.get(tables.meta, Keys.group(delete.group()));
        return row == null
                ? new ChangeGroup.Changed()
                : writeGroup(delete.group(), GroupRow.read(row), Map.of(), timetoken);
    }

    private ChangeGroup.Changed writeGroup(ChannelGroup group, Map<String, Long> before, Map<String, Long> now,
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
        List<byte[]> ended = draft.keys(tables.meta, Keys.revoked(keyset, 0, Revocation.EVERY),
                Keys.revoked(keyset, Revocation.forgottenBefore(revoke.now()), Revocation.EVERY));
        for (byte[] key : ended) {
            draft.delete(tables.meta, key);
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
        draft.tell(event);
    }

    private void countOneLess(byte[] countKey, long bytes) throws RocksDBException {
        ActionCount count = ActionCount.read(draft.get(tables.actionsByMessage, countKey)).minus(bytes);
        if (count.actions() > 0) {
            draft.put(tables.actionsByMessage, countKey, count.row());
        } else {
            draft.delete(tables.actionsByMessage, countKey);
        }
    }
}
