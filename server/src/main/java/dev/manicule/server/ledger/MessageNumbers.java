package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * How many visible messages a channel has behind a timetoken, without a walk over them. Each stored message has a number,
 * the next one of its channel. The messages behind a visible one are as many as their numbers, except for those that are
 * hidden. A deletion hides the visible messages of one stretch, and no message of the stretch stays visible. So all of them
 * count as hidden at the number of the first, and each count is right that begins at a visible message.
 *
 * <p>Two kinds of rows. The channel: its {@link Row}. The channel and a number {@code n}: how many messages are hidden from
 * {@code n} on and below {@code n} plus its lowest bit (a Fenwick tree, from its end): a deletion changes few rows, and a
 * count reads few, about the logarithm of how many messages are stored. What is deleted from the oldest visible message on
 * needs no row at all, since no count begins before it any more: so do messages that expire in their order.
 *
 * <p>The first message of a channel has its timetoken as its number. Of two messages of a channel the later one has the
 * higher number then, also when the channel was empty, and had lost its row, in between.
 *
 * <p>Nodes whose tables were upgraded or imported at different times have different numbers and equal counts. So numbers are
 * in no digest.
 */
final class MessageNumbers {
    static final String TABLE = "messageNumbers";
    static final Family FAMILY = new Family(TABLE, Family.ALL, inspection -> MessageNumbers::inspect);
    private static final int AT_ONCE = 10_000;
    /** Stands for a row in digests. */
    private static final byte[] NO_DIGEST = {};

    private MessageNumbers() {}

    /**
     * What is known of the numbers of a channel.
     *
     * @param from no message before this timetoken is visible
     * @param floor the number of the first message that is visible, or of the next when none is; what is hidden below it
     *        counts no more
     * @param next the number of the next message
     * @param last the timetoken of the last message, visible or not
     */
    private record Row(long from, long floor, long next, long last) {
        Row startingAt(Found first) {
            return new Row(first.timetoken(), first.number(), next, last);
        }

        byte[] bytes() {
            return ByteBuffer.allocate(4 * Long.BYTES).putLong(from).putLong(floor).putLong(next).putLong(last).array();
        }

        static Row read(byte[] row) {
            ByteBuffer rest = ByteBuffer.wrap(row);
            return new Row(rest.getLong(), rest.getLong(), rest.getLong(), rest.getLong());
        }
    }

    /** Gives the timetoken behind which messages are counted. */
    @FunctionalInterface
    interface Places {
        /**
         * That of one channel.
         *
         * @param at the place of the channel in the list
         * @param snapshot has reads see the same moment as the count
         */
        long after(int at, ReadOptions snapshot) throws RocksDBException;
    }

    /** A message that was found. */
    private record Found(long timetoken, long number) {}

    /** The row of a channel; null when no message is visible, whether or not an old row is still there. */
    private static @Nullable Row of(byte @Nullable [] row, long horizon) {
        Row read = row == null ? null : Row.read(row);
        return read == null || read.last() < horizon ? null : read;
    }

    /**
     * Gives a message its number.
     *
     * @param horizon the lowest timetoken that is kept
     */
    static long next(byte[] channel, long timetoken, long horizon, Transaction transaction) throws RocksDBException {
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        Row row = of(transaction.get(table, channel), horizon);
        long number = row == null ? timetoken : row.next();
        Row with = row == null
                ? new Row(timetoken, timetoken, timetoken + 1, timetoken)
                : new Row(row.from(), row.floor(), number + 1, timetoken);
        transaction.put(table, channel, with.bytes(), NO_DIGEST);
        transaction.stored(channel, timetoken, number);
        return number;
    }

    /**
     * Counts as hidden what a deletion hides.
     *
     * @param visible what is visible without the deletion
     */
    static void hide(Deletion deletion, Visible visible, Transaction transaction) throws RocksDBException {
        byte[] channel = deletion.channel().bytes;
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        Row row = of(transaction.get(table, channel), visible.horizon());
        long to = Math.min(deletion.to(), deletion.at() - 1);
        if (row == null || to < row.from() || deletion.from() > row.last()) {
            return;
        }
        Found first = first(channel, Math.max(deletion.from(), row.from()), to, visible, transaction);
        if (first == null) {
            return;
        }
        if (row.from() < visible.horizon()) { // messages have become too old since
            row = row.startingAt(firstOrNext(channel, visible.horizon(), row, deletion, visible, transaction));
            transaction.put(table, channel, row.bytes(), NO_DIGEST);
        }
        if (first.number() == row.floor()) {
            Found rest = firstOrNext(channel, to + 1, row, deletion, visible, transaction);
            transaction.put(table, channel, row.startingAt(rest).bytes(), NO_DIGEST);
            return;
        }
        long count = 1;
        if (deletion.from() != to) {
            long behind = firstOrNext(channel, to + 1, row, deletion, visible, transaction).number();
            count = behind - first.number() - hidden(channel, first.number(), row.next(), transaction::get, table)
                    + hidden(channel, behind, row.next(), transaction::get, table);
        }
        for (long n = first.number(); n >= row.floor(); n -= Long.lowestOneBit(n)) {
            byte[] key = Keys.at(channel, n);
            byte[] before = transaction.get(table, key);
            transaction.put(table, key, Keys.number(count + (before == null ? 0 : Keys.number(before))), NO_DIGEST);
        }
    }

    /** The first visible message from a timetoken on, or what stands for the one that comes next. */
    private static Found firstOrNext(byte[] channel, long from, Row row, Deletion deletion, Visible visible,
            Transaction transaction) throws RocksDBException {
        Found found = from > row.last() ? null : first(channel, from, Long.MAX_VALUE, visible, transaction);
        return found == null ? new Found(deletion.at(), row.next()) : found;
    }

    private static @Nullable Found first(byte[] channel, long from, long to, Visible visible, Transaction transaction)
            throws RocksDBException {
        Range kept = visible.keptOf(new Range(from, to, false));
        if (kept.isEmpty()) {
            return null;
        }
        Tables tables = transaction.tables();
        Found found = null;
        if (kept.from() == kept.to()) {
            byte[] row = visible.isMessage(kept.from())
                    ? tables.db.get(tables.of(Messages.TABLE), Keys.at(channel, kept.from()))
                    : null;
            found = row == null ? null : new Found(kept.from(), Messages.number(row));
        } else {
            try (Scan scan = new Scan(tables.db, tables.of(Messages.TABLE), channel, kept)) {
                found = first(scan, channel, visible);
            }
        }
        return found == null ? firstStored(channel, kept, visible, transaction) : found; // what is committed is older
    }

    private static @Nullable Found firstStored(byte[] channel, Range range, Visible visible, Transaction transaction) {
        for (var each : transaction.stored(channel).subMap(range.from(), true, range.to(), true).entrySet()) {
            if (visible.isMessage(each.getKey())) {
                return new Found(each.getKey(), each.getValue());
            }
        }
        return null;
    }

    private static @Nullable Found first(Scan scan, byte[] channel, Visible visible) throws RocksDBException {
        return Messages.firstVisible(scan, channel, visible)
                ? new Found(scan.timetoken(), Messages.number(scan.row()))
                : null;
    }

    /** How many messages are hidden from a number on, and below {@code next}. */
    private static long hidden(byte[] channel, long from, long next, WriteBuffer.Committed rows,
            ColumnFamilyHandle table) throws RocksDBException {
        long sum = 0;
        for (long n = from; n < next; n += Long.lowestOneBit(n)) {
            byte[] row = rows.get(table, Keys.at(channel, n));
            sum += row == null ? 0 : Keys.number(row);
        }
        return sum;
    }

    /**
     * How many visible messages are behind some timetokens, one for each channel, all of one moment. All is read from a
     * snapshot, also what is deleted: its own rows say so.
     *
     * @param after gives the timetoken for each channel
     */
    static long[] count(Tables open, List<Channel> channels, Places after) throws RocksDBException {
        long[] counts = new long[channels.size()];
        Snapshot snapshot = open.db.getSnapshot();
        try (ReadOptions options = new ReadOptions().setSnapshot(snapshot)) {
            byte[] last = open.db.get(open.of(Tables.META), options, State.LAST_TIMETOKEN);
            long time = last == null ? 0 : Keys.number(last);
            for (int i = 0; i < counts.length; i++) {
                counts[i] = count(open, channels.get(i), after.after(i, options), time, options, snapshot);
            }
            return counts;
        } finally {
            open.db.releaseSnapshot(snapshot);
        }
    }

    private static long count(Tables open, Channel name, long after, long time, ReadOptions options, Snapshot snapshot)
            throws RocksDBException {
        byte[] channel = Keys.channel(name);
        ColumnFamilyHandle table = open.of(TABLE);
        long horizon = open.state().horizons().from(name.keyset(), time);
        Row row = of(open.db.get(table, options, channel), horizon);
        if (row == null || after >= row.last()) {
            return 0;
        }
        Visible visible = new Visible(deleted(open, channel, snapshot), horizon);
        Range range = visible.keptOf(new Range(Math.max(after + 1, row.from()), Long.MAX_VALUE, false));
        try (Scan scan = new Scan(open.db, open.of(Messages.TABLE), channel, range, snapshot)) {
            Found first = first(scan, channel, visible);
            return first == null
                    ? 0
                    : row.next() - first.number() - hidden(channel, first.number(), row.next(),
                            (from, key) -> open.db.get(from, options, key), table);
        }
    }

    private static DeletedRanges deleted(Tables open, byte[] channel, Snapshot snapshot) throws RocksDBException {
        DeletedRanges deleted = DeletedRanges.NONE;
        try (Scan scan = new Scan(open.db, open.of(Deletions.TABLE), channel, Range.ALL, snapshot)) {
            for (scan.first(); scan.isValid(); scan.next()) {
                Deletion deletion = Deletion.read(scan.key());
                deleted = deleted.with(deletion.from(), deletion.to(), deletion.at());
            }
            scan.check();
        }
        return deleted;
    }

    /**
     * Removes rows that no count reads any more.
     *
     * @param horizon the lowest timetoken that is kept
     * @param most how many rows at most
     * @return how many more could have been removed
     */
    static int removePassed(byte[] channel, long horizon, int most, Tables tables, WriteBuffer changes)
            throws RocksDBException {
        byte[] bytes = tables.db.get(tables.of(TABLE), channel);
        if (bytes == null) {
            return most;
        }
        Row row = of(bytes, horizon);
        long below = row == null ? Row.read(bytes).next() : row.floor();
        int left = most;
        try (Scan scan = new Scan(tables.db, tables.of(TABLE), channel, new Range(0, below - 1, false))) {
            for (scan.first(); scan.isValid() && left > 0; scan.next()) {
                changes.delete(tables.of(TABLE), scan.key());
                left--;
            }
            scan.check();
        }
        if (row == null && left > 0) {
            changes.delete(tables.of(TABLE), channel);
        }
        return left;
    }

    /** Gives all messages their numbers anew, as if nothing had ever been hidden. What is hidden needs none. */
    static void begin(Tables tables, WriteOptions how) throws RocksDBException {
        try (RocksIterator rows = tables.db.newIterator(tables.of(Messages.TABLE));
                WriteBatch batch = new WriteBatch()) {
            batch.deleteRange(tables.of(TABLE), new byte[0], new byte[]{(byte) 0xFF, (byte) 0xFF, (byte) 0xFF});
            byte[] channel = {};
            Visible visible = new Visible(DeletedRanges.NONE, 0);
            Row known = null;
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                if (key.length != channel.length + Long.BYTES || !Keys.startsWith(key, channel)) {
                    end(channel, known, tables, batch);
                    channel = Keys.channelOf(key);
                    visible = tables.state().visible(Keys.parseChannel(channel));
                    known = null;
                }
                long timetoken = Keys.timetoken(key, channel.length);
                if (visible.isMessage(timetoken)) {
                    known = known == null
                            ? new Row(timetoken, timetoken, timetoken + 1, timetoken)
                            : new Row(known.from(), known.floor(), known.next() + 1, timetoken);
                    batch.put(tables.of(Messages.TABLE), key, Messages.numbered(rows.value(), known.next() - 1));
                }
                if (batch.count() >= AT_ONCE) {
                    tables.db.write(how, batch);
                    batch.clear();
                }
            }
            rows.status();
            end(channel, known, tables, batch);
            tables.db.write(how, batch);
        }
    }

    private static void end(byte[] channel, @Nullable Row known, Tables tables, WriteBatch batch)
            throws RocksDBException {
        if (known != null) {
            batch.put(tables.of(TABLE), channel, known.bytes());
        }
    }

    private static void inspect(byte[] key, byte[] row) {
        boolean isOfChannel = key.length == Keys.channelLength(key);
        Row read = isOfChannel ? Row.read(row) : null;
        if (read == null ? Keys.number(row) <= 0 : read.floor() > read.next()) {
            throw new IllegalArgumentException("counts nothing");
        }
    }
}
