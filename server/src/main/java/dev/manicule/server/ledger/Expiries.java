package dev.manicule.server.ledger;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Messages that were published with a time to live, by when that ends. The key is that timetoken, the channel, and the
 * message's timetoken; there is nothing in the row.
 */
final class Expiries {
    static final String TABLE = "expiries";
    static final Family FAMILY = new Family(TABLE, Family.ALL, inspection -> Expiries::inspect, new Lines());

    private static final byte[] NOTHING = {};
    /** What {@link #first} gives when no message ever expires. */
    static final long NEVER = Long.MAX_VALUE;

    private Expiries() {}

    static byte[] key(long expiry, byte[] channel, long message) {
        return ByteBuffer.allocate(channel.length + 2 * Long.BYTES)
                .putLong(expiry)
                .put(channel)
                .putLong(message)
                .array();
    }

    /** Has a message expire at a time. */
    static void put(long expiry, byte[] channel, long message, Transaction transaction) {
        transaction.put(transaction.tables().of(Expiries.TABLE), key(expiry, channel, message), NOTHING);
        transaction.setNextExpiry(Math.min(transaction.nextExpiry(), expiry));
    }

    static long expiry(byte[] key) {
        return Keys.number(key);
    }

    static byte[] channel(byte[] key) {
        return Arrays.copyOfRange(key, Long.BYTES, key.length - Long.BYTES);
    }

    static long message(byte[] key) {
        return Keys.timetoken(key, key.length - Long.BYTES);
    }

    static void inspect(byte[] key, byte[] row) {
        var _ = Keys.parseChannel(channel(key));
        if (expiry(key) <= message(key) || row.length > 0) {
            throw new IllegalArgumentException("expired before it was there");
        }
    }

    /** When the next message expires, {@link #NEVER} when none does. */
    static long first(Tables tables) throws RocksDBException {
        return first(TABLE, tables);
    }

    /**
     * The ends that have come.
     *
     * @param keys theirs, in order
     * @param next when the next end comes, {@link #NEVER} when none does
     */
    record Due(List<byte[]> keys, long next) {}

    /**
     * The first ends in a table of such keys that have come by a timetoken.
     *
     * @param from no row is of an earlier end: a walk from there on does not pass all the rows that were taken out
     * @param most how many at most
     */
    static Due due(String table, long from, long timetoken, int most, Transaction transaction)
            throws RocksDBException {
        List<byte[]> keys = new ArrayList<>();
        for (ByteKey row : transaction.rowsFrom(transaction.tables().of(table), Keys.number(from), most + 1).keySet()) {
            if (keys.size() == most || expiry(row.bytes) > timetoken) {
                return new Due(keys, expiry(row.bytes));
            }
            keys.add(row.bytes);
        }
        return new Due(keys, NEVER);
    }

    /** The first end in a table of such keys, {@link #NEVER} when there is none. */
    static long first(String table, Tables tables) throws RocksDBException {
        try (RocksIterator rows = tables.db.newIterator(tables.of(table))) {
            rows.seekToFirst();
            rows.status();
            return rows.isValid() ? expiry(rows.key()) : NEVER;
        }
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "lifetime";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "channel", "timetoken", "expires");
        }

        @Override
        public byte[] key(ExportLine line) {
            return Expiries.key(line.timetoken("expires"), Keys.channel(line.channel()), line.timetoken("timetoken"));
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) throws RocksDBException {
            Channel channel = Keys.parseChannel(channel(key));
            long message = message(key);
            boolean isThere = export.isDue(message) && export.visible(channel).isMessage(message)
                    && export.tables().db.get(export.tables().of(Messages.TABLE),
                            Keys.at(channel(key), message)) != null;
            return isThere
                    ? Export.begin(kind(), channel.keyset())
                            .member("channel", channel.name())
                            .quoted("timetoken", message)
                            .quoted("expires", expiry(key))
                            .end()
                    : null;
        }

        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            byte[] channel = Keys.channel(text.channel());
            long message = into.known(text.timetoken("timetoken"));
            long expiry = text.timetoken("expires");
            if (expiry <= message) {
                throw new IllegalArgumentException("\"expires\" is no later than \"timetoken\"");
            }
            boolean isThere = transaction.get(transaction.tables().of(Messages.TABLE),
                    Keys.at(channel, message)) != null;
            boolean isNew = isThere && Import.isNew(transaction, transaction.tables().of(TABLE), key(text), NOTHING);
            if (isNew) {
                put(expiry, channel, message, transaction);
            }
            return isNew;
        }
    }
}
