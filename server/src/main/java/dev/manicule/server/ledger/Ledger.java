package dev.manicule.server.ledger;

import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Command;
import dev.manicule.server.model.Command.AddAction;
import dev.manicule.server.model.Command.ChangeGroup;
import dev.manicule.server.model.Command.DeleteGroup;
import dev.manicule.server.model.Command.DeleteMessages;
import dev.manicule.server.model.Command.Delivery;
import dev.manicule.server.model.Command.Publish;
import dev.manicule.server.model.Command.RemoveAction;
import dev.manicule.server.model.Command.RevokeToken;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Outcome;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revocation;
import dev.manicule.server.model.Timetoken;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * The tables, and the one place that changes them.
 *
 * <p>{@link #apply} is a function of the tables, the command and its timetoken, and of nothing else: no clock, no
 * chance. Whoever applies the same commands in the same order has the same tables and the same outcomes. Commands are
 * applied to a {@link Draft}; nothing is seen by readers, and nothing may be told to anybody, before {@link #commit}
 * has returned.
 *
 * <p>Threads: drafts, {@code apply} and {@code commit} belong to one thread, the journal's. {@link #reads()} is for
 * all.
 */
public final class Ledger implements AutoCloseable {
    /** The most actions a message may have (the protocol's limits page). */
    public static final int MAX_ACTIONS_PER_MESSAGE = 25_000;
    /** A deletion stops for others after this many rows: some ten milliseconds of work. */
    private static final int ROWS_AT_ONCE = 5_000;

    private final DataFolder folder;
    private final Tables tables;
    private final LedgerReads reads;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteOptions unsynced = new WriteOptions();
    private volatile long lastTimetoken;

    private Ledger(DataFolder folder, Tables tables) {
        this.folder = folder;
        this.tables = tables;
        reads = new LedgerReads(tables);
        lastTimetoken = reads.lastTimetoken();
    }

    /**
     * Opens the ledger in a folder, making it where there is none.
     *
     * @throws DataFolderException when the folder is used by another server, can't be read or written, holds something
     *         else, or holds damaged tables
     */
    public static Ledger open(Path path) throws DataFolderException {
        DataFolder folder = DataFolder.take(path);
        try {
            Tables tables = Tables.open(folder);
            if (folder.isNew()) {
                folder.markMade();
            }
            return new Ledger(folder, tables);
        } catch (DataFolderException e) {
            folder.close();
            throw e;
        }
    }

    /** What can be read; each read sees all that was committed before it began. */
    public LedgerReads reads() {
        return reads;
    }

    /** The highest timetoken of any command that was ever committed, 0 when there was none. */
    public long lastTimetoken() {
        return lastTimetoken;
    }

    /** A new draft on top of all that is committed. */
    public Draft draft() {
        return new Draft(tables, lastTimetoken);
    }

    /**
     * Applies a command to a draft. When the draft then has something {@link Draft#takeUnfinished() unfinished}, the
     * outcome holds only once that has been applied too.
     *
     * @param timetoken the command's own, higher than that of any command before
     */
    @SuppressWarnings("unchecked") // each kind of command is handed to the method that yields its own kind of outcome
    public <O extends Outcome> O apply(Command<O> command, long timetoken, Draft draft) {
        draft.reached(timetoken);
        try {
            Outcome outcome = switch (command) {
                case Publish publish -> publish(publish, timetoken, draft);
                case AddAction add -> addAction(add, timetoken, draft);
                case RemoveAction remove -> removeAction(remove, timetoken, draft);
                case DeleteMessages delete -> deleteMessages(delete, draft);
                case ChangeGroup change -> changeGroup(change, timetoken, draft);
                case RevokeToken revoke -> revokeToken(revoke, timetoken, draft);
                case DeleteGroup delete -> writeGroup(new Members(delete.group(), Map.of()), draft);
            };
            return (O) outcome;
        } catch (RocksDBException e) {
            throw new StorageException("Applying a command", e);
        }
    }

    /** Notes in a draft that this time was told to clients, so that no later command gets a lower timetoken. */
    public void remember(long timetoken, Draft draft) {
        draft.reached(timetoken);
    }

    /**
     * Makes all of the draft durable and visible, with one synced write. After a failure all or nothing of it is there.
     */
    public void commit(Draft draft) {
        try {
            draft.write(synced);
            lastTimetoken = draft.lastTimetoken();
        } catch (RocksDBException e) {
            throw new StorageException("Committing", e);
        }
    }

    @Override
    public void close() {
        try {
            tables.close();
        } finally {
            synced.close();
            unsynced.close();
            folder.close();
        }
    }

    private Outcome.OfPublish publish(Publish publish, long timetoken, Draft draft) throws RocksDBException {
        byte[] channel = Keys.channel(publish.channel());
        if (publish.delivery() == Delivery.STORED) {
            draft.put(tables.messages, Keys.at(channel, timetoken), MessageRow.of(publish));
        }
        if (publish.delivery() != Delivery.FIRED) {
            tell(Envelopes.message(publish, timetoken), channel, draft);
        }
        return new Outcome.Sent(timetoken);
    }

    /** The rule that a uuid can't put the same type and value on a message twice is here, and only here. */
    private Outcome.OfAdd addAction(AddAction add, long timetoken, Draft draft) throws RocksDBException {
        byte[] channel = Keys.channel(add.channel());
        if (add.strictParent() && draft.get(tables.messages, Keys.at(channel, add.messageTimetoken())) == null) {
            return new Outcome.NoSuchMessage();
        }
        byte[] unique = Keys.action(channel, add.messageTimetoken(), add.type(), add.value(), add.uuid());
        if (draft.get(tables.actionsByMessage, unique) != null) {
            return new Outcome.ActionAlreadyAdded();
        }
        byte[] countKey = Keys.actionCount(channel, add.messageTimetoken());
        long count = count(draft, countKey);
        if (count >= MAX_ACTIONS_PER_MESSAGE) {
            return new Outcome.TooManyActions();
        }
        MessageAction action = new MessageAction(add.messageTimetoken(), add.type(), add.value(), add.uuid(),
                timetoken);
        draft.put(tables.actionsByMessage, unique, Keys.number(timetoken));
        draft.put(tables.actionsByMessage, countKey, Keys.number(count + 1));
        draft.put(tables.actions, Keys.at(channel, timetoken), ActionRow.of(action));
        tell(Envelopes.added(add.channel(), action), channel, draft);
        return new Outcome.ActionAdded(action);
    }

    private Outcome.OfRemove removeAction(RemoveAction remove, long timetoken, Draft draft) throws RocksDBException {
        byte[] channel = Keys.channel(remove.channel());
        byte[] key = Keys.at(channel, remove.actionTimetoken());
        byte[] row = draft.get(tables.actions, key);
        if (row == null) {
            return new Outcome.NoSuchAction();
        }
        MessageAction action = ActionRow.read(row);
        if (action.messageTimetoken() != remove.messageTimetoken()) {
            return new Outcome.NoSuchAction();
        }
        if (!action.uuid().equals(remove.uuid()) && !remove.moderates()) {
            return new Outcome.WrongUuid();
        }
        draft.delete(tables.actions, key);
        draft.delete(tables.actionsByMessage,
                Keys.action(channel, action.messageTimetoken(), action.type(), action.value(), action.uuid()));
        countOneLess(draft, Keys.actionCount(channel, action.messageTimetoken()));
        tell(Envelopes.removed(remove.channel(), action, remove.uuid(), timetoken), channel, draft);
        return new Outcome.ActionRemoved();
    }

    /**
     * Deletes messages, actions on messages of the range (also on those that never existed), and the events of both, so
     * that catch-up can't bring back what was deleted. Of a large range it deletes a part and leaves the rest in the
     * draft, so that nobody waits long for somebody else's deletion. A crash between the parts leaves the rest undeleted;
     * the caller has no answer then, and the same deletion again does it.
     */
    private Outcome.OfDelete deleteMessages(DeleteMessages delete, Draft draft) throws RocksDBException {
        Range range = delete.range();
        if (range.isEmpty()) {
            return new Outcome.MessagesDeleted();
        }
        draft.erased();
        draft.write(unsynced); // the deletion reads the tables, so all before it must be there
        byte[] channel = Keys.channel(delete.channel());
        try (Scan messages = new Scan(tables.db, tables.messages, channel, range);
                Scan actions = new Scan(tables.db, tables.actionsByMessage, channel, range)) {
            messages.first();
            actions.first();
            while (messages.isValid() || actions.isValid()) {
                boolean messageIsNext = !actions.isValid()
                        || (messages.isValid() && messages.timetoken() <= actions.timetoken());
                if (draft.rows() >= ROWS_AT_ONCE) {
                    long next = messageIsNext ? messages.timetoken() : actions.timetoken();
                    draft.leave(new DeleteMessages(delete.channel(), new Range(next, range.to(), range.newest())));
                    break;
                }
                if (messageIsNext) {
                    draft.delete(tables.messages, messages.key());
                    draft.delete(tables.feed, messages.key());
                    messages.next();
                } else {
                    deleteActionOf(actions, channel, draft);
                    actions.next();
                }
            }
            messages.check();
            actions.check();
        }
        return new Outcome.MessagesDeleted();
    }

    private void deleteActionOf(Scan actionsByMessage, byte[] channel, Draft draft) throws RocksDBException {
        byte[] key = actionsByMessage.key();
        draft.delete(tables.actionsByMessage, key);
        if (!Keys.parseAction(key, channel.length).isCount()) {
            byte[] actionKey = Keys.at(channel, Keys.number(actionsByMessage.row()));
            draft.delete(tables.actions, actionKey);
            draft.delete(tables.feed, actionKey);
        }
    }

    private Outcome.OfGroup changeGroup(ChangeGroup change, long timetoken, Draft draft) throws RocksDBException {
        byte[] row = draft.get(tables.meta, Keys.group(change.group()));
        Map<String, Long> members = row == null ? new TreeMap<>() : GroupRow.read(row);
        change.add().forEach(channel -> members.putIfAbsent(channel, timetoken));
        change.remove().forEach(members::remove);
        return members.size() > ChannelGroup.MAX_CHANNELS
                ? new Outcome.GroupFull()
                : writeGroup(new Members(change.group(), members), draft);
    }

    private Outcome.OfGroup writeGroup(Members members, Draft draft) throws RocksDBException {
        byte[] key = Keys.group(members.group());
        if (members.since().isEmpty()) {
            draft.delete(tables.meta, key);
        } else {
            draft.put(tables.meta, key, GroupRow.of(members.since()));
        }
        draft.changed(members);
        return new Outcome.GroupChanged();
    }

    /** Remembers a token until it would have ended, and forgets those of its keyset that have ended. */
    private Outcome.OfRevoke revokeToken(RevokeToken revoke, long timetoken, Draft draft) throws RocksDBException {
        long now = Timetoken.seconds(timetoken);
        for (byte[] ended : draft.keys(tables.meta, Keys.revoked(revoke.keyset(), 0, ""),
                Keys.revoked(revoke.keyset(), now, ""))) {
            draft.delete(tables.meta, ended);
        }
        draft.put(tables.meta, Keys.revoked(revoke.keyset(), revoke.expiry(), revoke.token()), Keys.number(now));
        draft.revoked(new Revocation(revoke.keyset(), revoke.token(), revoke.expiry(), now));
        return new Outcome.TokenRevoked();
    }

    private void tell(Event event, byte[] channel, Draft draft) throws RocksDBException {
        byte[] timetoken = Keys.number(event.timetoken());
        draft.put(tables.feed, Keys.at(channel, event.timetoken()), FeedRow.of(event));
        draft.put(tables.channels, channel, timetoken);
        draft.tell(event);
    }

    private long count(Draft draft, byte[] countKey) throws RocksDBException {
        byte[] row = draft.get(tables.actionsByMessage, countKey);
        return row == null ? 0 : Keys.number(row);
    }

    private void countOneLess(Draft draft, byte[] countKey) throws RocksDBException {
        long count = count(draft, countKey) - 1;
        if (count > 0) {
            draft.put(tables.actionsByMessage, countKey, Keys.number(count));
        } else {
            draft.delete(tables.actionsByMessage, countKey);
        }
    }
}
