package dev.manicule.server.ledger;

import dev.manicule.server.model.Range;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * A walk over the rows of one channel whose timetoken, directly after the channel in the key, is in a range. It sees
 * the table as it was when the walk was made.
 *
 * <p>For one thread.
 */
final class Scan implements VisibleWalk.Walk {
    private static final byte[] NOTHING = {};

    private final int channelLength;
    private final Slice lower;
    private final Slice upper;
    private final ReadOptions options;
    private final RocksIterator rows;
    /** Where rows and keys are put by RocksDB: it is far slower where it has to make an array for each. */
    private byte[] space = new byte[512];

    /** A walk over what is committed. */
    Scan(RocksDB db, ColumnFamilyHandle table, byte[] channel, Range range) {
        this(options -> db.newIterator(table, options), channel, range);
    }

    /** A walk over what was committed when a snapshot was taken, which is released only when the walk is closed. */
    Scan(RocksDB db, ColumnFamilyHandle table, byte[] channel, Range range, @Nullable Snapshot snapshot) {
        this(options -> db.newIterator(table, snapshot == null ? options : options.setSnapshot(snapshot)), channel,
                range);
    }

    /**
     * A walk over what an iterator gives.
     *
     * @param source makes the iterator, with options that bound it
     */
    Scan(Function<ReadOptions, RocksIterator> source, byte[] channel, Range range) {
        this(source, channel.length, Keys.at(channel, range.from()),
                range.to() == Long.MAX_VALUE ? Keys.after(channel) : Keys.at(channel, range.to() + 1));
    }

    private Scan(Function<ReadOptions, RocksIterator> source, int channelLength, byte[] from, byte[] below) {
        this.channelLength = channelLength;
        lower = new Slice(from);
        upper = new Slice(below);
        options = new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
        rows = source.apply(options);
    }

    /** A walk over what is committed of a table that has the newest first. */
    static Scan newestFirst(RocksDB db, ColumnFamilyHandle table, byte[] channel, Range range) {
        return new Scan(options -> db.newIterator(table, options), channel.length,
                Keys.newestFirst(channel, range.to()),
                range.from() == 0 ? Keys.after(channel) : Keys.newestFirst(channel, range.from() - 1));
    }

    void first() {
        rows.seekToFirst();
    }

    void last() {
        rows.seekToLast();
    }

    /** Goes to the first row whose key is not below this one. */
    void seek(byte[] key) {
        rows.seek(key);
    }

    /** Goes to the last row whose key is not above this one. */
    void seekBack(byte[] key) {
        rows.seekForPrev(key);
    }

    /** Goes to the last row whose key is below this one. */
    void seekBelow(byte[] key) {
        rows.seekForPrev(key);
        if (rows.isValid() && Arrays.equals(key(), key)) {
            rows.prev();
        }
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
        int length = rows.key(space);
        if (length > space.length) {
            space = new byte[length];
            length = rows.key(space);
        }
        return Arrays.copyOf(space, length);
    }

    byte[] row() {
        int length = rows.value(space);
        if (length > space.length) {
            space = new byte[length];
            length = rows.value(space);
        }
        return Arrays.copyOf(space, length);
    }

    /** How many bytes the row has. It is not copied. */
    int rowLength() {
        return rows.value(NOTHING);
    }

    long timetoken() {
        return Keys.timetoken(key(), channelLength);
    }

    /** Throws the error that ended the walk early, if any: a damaged block must not pass for the end of the data. */
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
