package dev.manicule.server.ledger;

import dev.manicule.server.ledger.LedgerReader.ChannelPage;
import dev.manicule.server.model.Channel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Channels on which something happened. Key: the channel. Row: the timetoken of its last event. */
final class Channels {
    static final String TABLE = "channels";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));

    private Channels() {}

    /** The prefix of the keys of all channels of a keyset whose name has this length in bytes and begins so. */
    static byte[] beginning(String keyset, int nameLength, byte[] beginning) {
        byte[] key = keyset.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(3 + key.length + beginning.length)
                .put((byte) key.length)
                .put(key)
                .putShort((short) nameLength)
                .put(beginning)
                .array();
    }

    /** The prefix of the keys of all channels of a keyset. */
    static byte[] ofKeyset(String keyset) {
        byte[] all = beginning(keyset, 0, new byte[0]);
        return Arrays.copyOf(all, all.length - Short.BYTES);
    }

    /** Whether anything happened on a channel after a timetoken, as far as a transaction knows. */
    static boolean isLaterThan(long timetoken, Channel channel, Transaction transaction) throws RocksDBException {
        byte[] last = transaction.get(transaction.tables().of(TABLE), Keys.channel(channel));
        return last != null && Keys.number(last) > timetoken;
    }

    /** See {@link LedgerReader#channels}. */
    static ChannelPage page(Tables open, String keyset, String beginning, long after, @Nullable Channel from, int most)
            throws RocksDBException {
        byte[] prefix = beginning.getBytes(StandardCharsets.UTF_8);
        byte[] all = beginning(keyset, 0, new byte[0]);
        int keysetEnd = all.length - Short.BYTES;
        int nameAt = all.length;
        long oldest = Math.max(after, open.state().horizon(keyset) - 1);
        List<Channel> channels = new ArrayList<>();
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            rows.seek(from == null ? beginning(keyset, prefix.length, prefix) : Keys.channel(from));
            int left = most;
            while (rows.isValid() && Arrays.equals(rows.key(), 0, keysetEnd, all, 0, keysetEnd)) {
                byte[] key = rows.key();
                if (left == 0) {
                    return new ChannelPage(channels, Keys.parseChannel(key));
                }
                left--;
                int length = key.length - nameAt;
                int order = Arrays.compareUnsigned(key, nameAt, nameAt + Math.min(length, prefix.length), prefix,
                        0, prefix.length);
                if (order < 0) {
                    rows.seek(beginning(keyset, length, prefix));
                } else if (order > 0) {
                    rows.seek(beginning(keyset, length + 1, prefix));
                } else {
                    if (Keys.number(rows.value()) > oldest) {
                        channels.add(Keys.parseChannel(key));
                    }
                    rows.next();
                }
            }
            rows.status();
            return new ChannelPage(channels, null);
        }
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) {
        if (Keys.channelLength(key) != key.length || Keys.number(row) > inspection.last()) {
            inspection.wrong("channels: makes no sense, at " + Keys.show(key));
        }
    }
}
