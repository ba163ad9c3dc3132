package dev.manicule.server.ledger;

import dev.manicule.server.model.MessageAction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Up to format 8, {@code actionsByMessage} had the actions of each message by type, value and uuid, and no sums of those of
 * a type and value. A message is written anew with one batch, so that after a crash each is as it was or as it is to be.
 */
final class ActionsUpgrade {
    /** Before a type, a value and a uuid: the timetoken of the action. */
    private static final byte FORMER_ACTION = 1;
    /** Before the timetoken of a removal: that of the action which was removed. */
    private static final byte FORMER_REMOVED = 2;
    private static final int AT_ONCE = 10_000;

    private final Tables tables;
    private final WriteOptions how;
    private final WriteBatch batch;
    private byte @Nullable [] message;
    private boolean isFormer;
    private ActionCount count = ActionCount.NONE;
    private boolean isCounted;
    private final List<MessageAction> group = new ArrayList<>();
    private long upgraded;

    private ActionsUpgrade(Tables tables, WriteOptions how, WriteBatch batch) {
        this.tables = tables;
        this.how = how;
        this.batch = batch;
    }

    /** The key that a removal had. */
    static byte[] formerRemovedKey(byte[] channel, long messageTimetoken, long removedAt) {
        return ByteBuffer.allocate(channel.length + 2 * Long.BYTES + 1)
                .put(channel)
                .putLong(messageTimetoken)
                .put(FORMER_REMOVED)
                .putLong(removedAt)
                .array();
    }

    /** Writes all messages anew that have rows of the former kinds. Returns how many there were. */
    static long upgrade(Tables tables, WriteOptions how) throws RocksDBException {
        try (RocksIterator rows = tables.db.newIterator(tables.of(ActionsByMessage.TABLE));
                WriteBatch batch = new WriteBatch()) {
            ActionsUpgrade upgrade = new ActionsUpgrade(tables, how, batch);
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                upgrade.row(rows.key(), rows.value());
            }
            rows.status();
            upgrade.endMessage();
            tables.db.write(how, batch);
            return upgrade.upgraded;
        }
    }

    private void row(byte[] key, byte[] row) throws RocksDBException {
        int channelLength = Keys.channelLength(key);
        byte[] ofMessage = Arrays.copyOf(key, channelLength + Long.BYTES);
        if (!Arrays.equals(message, ofMessage)) {
            endMessage();
            message = ofMessage;
        }
        switch (key[channelLength + Long.BYTES]) {
            case ActionsByMessage.COUNT -> {
                isCounted = row.length == ActionCount.ROW_BYTES; // up to format 4 the row had less
                count = isCounted ? ActionCount.read(row) : ActionCount.NONE;
            }
            case FORMER_ACTION -> formerAction(key, row, channelLength);
            case FORMER_REMOVED -> {
                endGroup();
                isFormer = true;
                long removedAt = Keys.timetoken(key, key.length - Long.BYTES);
                count = new ActionCount(count.actions(), count.bytes(), count.oldest(),
                        Math.max(count.changedAt(), removedAt));
                batch.put(tables.of(ActionsByMessage.TABLE), ActionsByMessage.removedKey(
                        Arrays.copyOf(key, channelLength), Keys.timetoken(key, channelLength), removedAt), row);
                batch.delete(tables.of(ActionsByMessage.TABLE), key);
            }
            default -> {} // of the present kinds
        }
    }

    private void formerAction(byte[] key, byte[] row, int channelLength) throws RocksDBException {
        isFormer = true;
        ByteBuffer rest = ByteBuffer.wrap(key, channelLength, key.length - channelLength);
        long messageTimetoken = rest.getLong();
        byte _ = rest.get();
        String type = Keys.text(rest, rest.getInt());
        String value = Keys.text(rest, rest.getInt());
        MessageAction action = new MessageAction(messageTimetoken, type, value, Keys.text(rest, rest.remaining()),
                Keys.number(row));
        if (!group.isEmpty()
                && (!group.getFirst().type().equals(type) || !group.getFirst().value().equals(value))) {
            endGroup();
        }
        group.add(action);
        batch.delete(tables.of(ActionsByMessage.TABLE), key);
    }

    private void endGroup() throws RocksDBException {
        if (group.isEmpty() || message == null) {
            return;
        }
        byte[] channel = Arrays.copyOf(message, message.length - Long.BYTES);
        Visible visible = tables.state().visible(Keys.parseChannel(channel));
        group.sort(Comparator.comparingLong(MessageAction::actionTimetoken));
        ActionTally tally = ActionTally.NONE;
        ActionKeys keys = new ActionKeys(channel, group.getFirst());
        for (MessageAction action : group) {
            keys = new ActionKeys(channel, action);
            batch.put(tables.of(ActionsByMessage.TABLE), keys.action(action.actionTimetoken()), keys.uuid());
            batch.put(tables.of(ActionsByUser.TABLE), keys.ofUser(), Keys.number(action.actionTimetoken()));
            boolean isDeleted = visible.deleted().hide(action.messageTimetoken(), action.actionTimetoken());
            if (!isDeleted) { // its rows are removed later
                tally = tally.plus(action);
            }
            if (!isCounted) {
                count = count.plus(keys.bytes(), action.actionTimetoken());
            }
        }
        if (tally.count() > 0) {
            batch.put(tables.of(ActionsByMessage.TABLE), keys.tally(), tally.row());
        }
        group.clear();
    }

    private void endMessage() throws RocksDBException {
        if (message == null) {
            return;
        }
        endGroup();
        if (isFormer) {
            batch.put(tables.of(ActionsByMessage.TABLE), ActionsByMessage.countKey(
                    Arrays.copyOf(message, message.length - Long.BYTES),
                    Keys.timetoken(message, message.length - Long.BYTES)), count.row());
            upgraded++;
        }
        isFormer = false;
        isCounted = false;
        count = ActionCount.NONE;
        if (batch.count() >= AT_ONCE) {
            tables.db.write(how, batch);
            batch.clear();
        }
    }
}
