package dev.manicule.server.ledger;

import dev.manicule.server.command.FollowFeed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.rocksdb.RocksDBException;

/**
 * Which node reads the feed of all channels on behalf of all nodes, by the name of the reader. Row: the node, the
 * timetoken up to which it has done all events, and that of its last command.
 */
final class FeedReaders {
    private static final byte[] BEGINNING = "reader/".getBytes(StandardCharsets.US_ASCII);
    static final Family FAMILY = new Family(Tables.META, BEGINNING, inspection -> (key, row) -> {
        if (row.length != 3 * Long.BYTES || ByteBuffer.wrap(row).getLong(2 * Long.BYTES) > inspection.last()) {
            throw new IllegalArgumentException("no reader of the feed");
        }
    });

    private FeedReaders() {}

    private static byte[] key(String reader) {
        return Keys.joined(BEGINNING, reader);
    }

    /** Makes a node the reader, if no other one is, and notes how far it has come. */
    static FollowFeed.Outcome follow(FollowFeed follow, long timetoken, Transaction transaction)
            throws RocksDBException {
        byte[] key = key(follow.reader());
        byte[] row = transaction.get(transaction.tables().of(Tables.META), key);
        long upTo = timetoken;
        if (row != null) {
            ByteBuffer before = ByteBuffer.wrap(row);
            long node = before.getLong();
            upTo = before.getLong();
            if (node != follow.node() && timetoken - before.getLong() <= follow.lease()) {
                return new FollowFeed.FollowedByOther();
            }
            upTo = Math.max(upTo, Math.min(follow.upTo(), timetoken));
        }
        transaction.put(transaction.tables().of(Tables.META), key, ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(follow.node())
                .putLong(upTo)
                .putLong(timetoken)
                .array());
        return new FollowFeed.FeedFollowed(upTo);
    }
}
