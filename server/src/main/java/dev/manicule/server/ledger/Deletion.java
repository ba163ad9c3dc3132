package dev.manicule.server.ledger;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A deletion whose rows are still there: its row in {@code deletions} is what makes them deleted.
 *
 * @param channel the channel, as the keys of its rows begin
 * @param from the first message that is deleted, by its timetoken
 * @param to the last one
 * @param at the timetoken of the deletion
 */
record Deletion(ByteKey channel, long from, long to, long at) {
    /** Whether it is of all that there was on its channel then, whatever message it belongs to. */
    boolean isOfChannel() {
        return from == 0 && to == Long.MAX_VALUE;
    }

    /** All that it is: two deletions at one timetoken have two rows. There is nothing in the row. */
    byte[] key() {
        return ByteBuffer.allocate(channel.bytes.length + 3 * Long.BYTES)
                .put(channel.bytes)
                .putLong(at)
                .putLong(from)
                .putLong(to)
                .array();
    }

    /** Reads what {@link #key} wrote. */
    static Deletion read(byte[] key) {
        int length = Keys.channelLength(key);
        ByteBuffer rest = ByteBuffer.wrap(key, length, key.length - length);
        long at = rest.getLong();
        return new Deletion(new ByteKey(Arrays.copyOf(key, length)), rest.getLong(), rest.getLong(), at);
    }
}
