package dev.manicule.server.ledger;

import java.nio.ByteBuffer;

/**
 * A deletion whose rows are still there: its row in {@code deletions} is what makes them deleted.
 *
 * @param channel the channel, as the keys of its rows begin
 * @param from the first message that is deleted, by its timetoken
 * @param to the last one
 * @param at the timetoken of the deletion
 */
record Deletion(ByteKey channel, long from, long to, long at) {
    byte[] key() {
        return ByteBuffer.allocate(channel.bytes.length + 2 * Long.BYTES)
                .put(channel.bytes)
                .putLong(at)
                .putLong(from)
                .array();
    }

    byte[] row() {
        return Keys.number(to);
    }

    /** Reads what {@link #key} and {@link #row} wrote. */
    static Deletion read(byte[] key, byte[] row) {
        int length = Keys.channelLength(key);
        ByteBuffer rest = ByteBuffer.wrap(key, length, key.length - length);
        long at = rest.getLong();
        return new Deletion(new ByteKey(java.util.Arrays.copyOf(key, length)), rest.getLong(), Keys.number(row), at);
    }
}
