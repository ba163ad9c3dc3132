package dev.manicule.server.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How much is on a message, as its row says it.
 *
 * @param actions how many actions
 * @param bytes how much they take, each by {@link #bytes(String, String, String)}
 */
record ActionCount(long actions, long bytes) {
    static final ActionCount NONE = new ActionCount(0, 0);
    /** What an action takes besides its texts, in a response and in the tables. */
    private static final int OVERHEAD = 64;

    /** How much an action takes: its texts in UTF-8, and a little more. */
    static int bytes(String type, String value, String uuid) {
        return OVERHEAD + length(type) + length(value) + length(uuid);
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    ActionCount plus(long size) {
        return new ActionCount(actions + 1, bytes + size);
    }

    ActionCount minus(long size) {
        return new ActionCount(actions - 1, bytes - size);
    }

    byte[] row() {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(actions).putLong(bytes).array();
    }

    /** Reads what {@link #row} wrote; of no row, nothing is on the message. */
    static ActionCount read(byte @Nullable [] row) {
        if (row == null) {
            return NONE;
        }
        ByteBuffer numbers = ByteBuffer.wrap(row);
        return new ActionCount(numbers.getLong(), numbers.getLong());
    }
}
