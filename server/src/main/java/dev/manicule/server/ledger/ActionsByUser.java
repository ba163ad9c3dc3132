package dev.manicule.server.ledger;

import dev.manicule.server.model.MessageAction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The actions of each user on each channel. Key: channel, uuid, message timetoken, type, value; row: the timetoken of the
 * action, its end and its amount unless it is plain. So a user can't put the same type and value on a message twice.
 */
final class ActionsByUser {
    static final String TABLE = "actionsByUser";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));
    private ActionsByUser() {}

    /** The prefix of the keys of all actions of a user on a channel. The uuid says its length. */
    static byte[] prefix(byte[] channel, byte[] uuid) {
        return ByteBuffer.allocate(channel.length + Integer.BYTES + uuid.length)
                .put(channel)
                .putInt(uuid.length)
                .put(uuid)
                .array();
    }

    /**
     * The prefix of the keys of the actions of a user on a message.
     *
     * @param type null for any
     */
    static byte[] prefix(byte[] channel, String uuid, long message, @Nullable String type) {
        byte[] ofUser = prefix(channel, uuid.getBytes(StandardCharsets.UTF_8));
        byte[] t = type == null ? new byte[0] : type.getBytes(StandardCharsets.UTF_8);
        ByteBuffer prefix = ByteBuffer
                .allocate(ofUser.length + Long.BYTES + (type == null ? 0 : Integer.BYTES + t.length))
                .put(ofUser)
                .putLong(message);
        return type == null ? prefix.array() : prefix.putInt(t.length).put(t).array();
    }

    /** The action of a row. */
    static MessageAction read(byte[] key, byte[] row, int channelLength) {
        ByteBuffer rest = ByteBuffer.wrap(key, channelLength, key.length - channelLength);
        String uuid = Keys.text(rest, rest.getInt());
        long message = rest.getLong();
        String type = Keys.text(rest, rest.getInt());
        EndAndAmount more = more(row);
        return new MessageAction(message, type, Keys.text(rest, rest.remaining()), uuid, Keys.number(row),
                more.expires(), more.amount());
    }

    private static EndAndAmount more(byte[] row) {
        return row.length > Long.BYTES ? EndAndAmount.read(row, Long.BYTES) : EndAndAmount.PLAIN;
    }

    /** The action of the same message, type, value and user that has a row; null when none has. */
    static @Nullable MessageAction find(MessageAction action, ActionKeys keys, Transaction transaction)
            throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(TABLE), keys.ofUser());
        if (row == null) {
            return null;
        }
        EndAndAmount more = more(row);
        return action.at(Keys.number(row)).until(more.expires()).times(more.amount());
    }

    static void put(MessageAction action, ActionKeys keys, Transaction transaction) {
        transaction.put(transaction.tables().of(TABLE), keys.ofUser(),
                EndAndAmount.row(action, Keys.number(action.actionTimetoken())));
    }

    static void takeOff(ActionKeys keys, Transaction transaction) {
        transaction.delete(transaction.tables().of(TABLE), keys.ofUser());
    }

    /** Removes the row of an action that is too old, unless it is on the message again. */
    static void removeOld(MessageAction action, ActionKeys keys, Tables tables, WriteBuffer changes)
            throws RocksDBException {
        byte[] key = keys.ofUser();
        byte[] now = tables.db.get(tables.of(TABLE), key);
        if (now != null && Keys.number(now) == action.actionTimetoken()) {
            changes.delete(tables.of(TABLE), key);
        }
    }

    /**
     * The actions of a user on a message, by type and value.
     *
     * @param rows a walk over the actions of the user
     * @param prefix of their keys
     */
    static Map<List<String>, MessageAction> on(Scan rows, byte[] prefix, long message, int channelLength,
            Visible visible)
            throws RocksDBException {
        Map<List<String>, MessageAction> found = new HashMap<>();
        byte[] beginning = Keys.at(prefix, message);
        for (rows.seek(beginning); rows.isValid() && found.size() < Ledger.MAX_ACTIONS_PER_MESSAGE; rows.next()) {
            byte[] key = rows.key();
            if (!Keys.startsWith(key, beginning)) {
                break;
            }
            MessageAction action = read(key, rows.row(), channelLength);
            if (visible.isAction(message, action.actionTimetoken())) {
                found.put(List.of(action.type(), action.value()), action);
            }
        }
        rows.check();
        return found;
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        byte[] channel = Keys.channelOf(key);
        MessageAction action = read(key, row, channel.length);
        if (!inspection.visible(key).isAction(action.messageTimetoken(), action.actionTimetoken())) {
            return;
        }
        byte[] there = new ActionKeys(channel, action).action(action.actionTimetoken());
        byte[] onMessage = inspection.tables().db.get(inspection.tables().of(ActionsByMessage.TABLE), there);
        if (onMessage == null
                || !ActionsByMessage.Place.of(there, channel.length).action(onMessage).equals(action)) {
            inspection.wrong("actionsByUser: no such action on its message, at " + Keys.show(key));
        }
    }
}
