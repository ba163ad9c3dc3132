package dev.manicule.server.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The number and the size of the actions on a message, as its row holds them.
 *
 * @param actions how many actions
 * @param bytes how many bytes they take, each by {@link #bytes(String, String, String)}
 * @param oldest a lower bound of the action timetokens of the counted actions; 0 when none is counted
 * @param changedAt the timetoken of the last command that changed it, also when that left no action: when the message
 *        was deleted later, it has no actions
 */
record ActionCount(long actions, long bytes, long oldest, long changedAt) {
    static final ActionCount NONE = new ActionCount(0, 0, 0, 0);
    /** The size of a row. */
    static final int ROW_BYTES = 4 * Long.BYTES;
    /** What an action takes besides its texts, in a response and in the tables. */
    static final int OVERHEAD = 64;

    /** How much an action takes: its texts in UTF-8, and a little more. */
    static int bytes(String type, String value, String uuid) {
        return OVERHEAD + length(type) + length(value) + length(uuid);
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** With one action more, whose timetoken is that of its command. */
    ActionCount plus(long size, long timetoken) {
        return new ActionCount(actions + 1, bytes + size, actions == 0 ? timetoken : Math.min(oldest, timetoken),
                Math.max(changedAt, timetoken));
    }

    /** With one action less, by a command of this timetoken. */
    ActionCount minus(long size, long timetoken) {
        return new ActionCount(actions - 1, bytes - size, actions == 1 ? 0 : oldest, timetoken);
    }

    byte[] row() {
        return ByteBuffer.allocate(ROW_BYTES)
                .putLong(actions)
                .putLong(bytes)
                .putLong(oldest)
                .putLong(changedAt)
                .array();
    }

    /** Reads what {@link #row} wrote; without a row, the message has no actions. */
    static ActionCount read(byte @Nullable [] row) {
        if (row == null) {
            return NONE;
        }
        ByteBuffer numbers = ByteBuffer.wrap(row);
        return new ActionCount(numbers.getLong(), numbers.getLong(), numbers.getLong(), numbers.getLong());
    }
}
