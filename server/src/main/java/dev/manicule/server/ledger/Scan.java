package dev.manicule.server.ledger;

import dev.manicule.server.model.Range;
import java.util.function.Function;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A walk over the rows of one channel whose timetoken, directly after the channel in the key, is in a range. It sees
 * the table as it was when the walk was made.
 */
final class Scan implements AutoCloseable {
    private final int channelLength;
    private final Slice lower;
    private final Slice upper;
    private final ReadOptions options;
    private final RocksIterator rows;

    /** A walk over what is committed. */
    Scan(RocksDB db, ColumnFamilyHandle table, byte[] channel, Range range) {
        this(options -> db.newIterator(table, options), channel, range);
    }

    /**
     * A walk over what an iterator gives.
     *
     * @param source makes the iterator, with options that bound it
     */
    Scan(Function<ReadOptions, RocksIterator> source, byte[] channel, Range range) {
        channelLength = channel.length;
        lower = new Slice(Keys.at(channel, range.from()));
        upper = new Slice(range.to() == Long.MAX_VALUE ? Keys.after(channel) : Keys.at(channel, range.to() + 1));
        options = new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
        rows = source.apply(options);
    }

    void first() {
        rows.seekToFirst();
    }

    void last() {
        rows.seekToLast();
    }

    void next() {
        rows.next();
    }

    void previous() {
        rows.prev();
    }

    boolean isValid() {
        return rows.isValid();
    }

    byte[] key() {
        return rows.key();
    }

    byte[] row() {
        return rows.value();
    }

    long timetoken() {
        return Keys.timetoken(rows.key(), channelLength);
    }

    /** Throws what made the walk end early, if anything did: a damaged block must not pass for the end of the data. */
    void check() throws RocksDBException {
        rows.status();
    }

    @Override
    public void close() {
        rows.close();
        options.close();
        upper.close();
        lower.close();
    }
}
