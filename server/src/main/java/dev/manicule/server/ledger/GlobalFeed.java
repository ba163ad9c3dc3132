package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * The events of all channels of all keysets in one order, that of their timetokens. An offset in it is a timetoken, and stands
 * behind the event of that timetoken.
 *
 * <p>Table {@code order}: the timetoken of an event that is kept; the row is its channel, as keys begin with it. The
 * event itself stands once, in {@code feed}. A transient event has such a row in {@link Recent}, which is removed with
 * the event. So keys of {@code order} only rise, and RocksDB moves its files without writing them again. Each
 * {@link Bounds#every}-th event that is kept adds a mark in {@link Tables#META}, by which the feed finds the place from
 * which on there are not too many. The commands that let time pass clear, by ranges, what lies before the feed's
 * {@link Extent}.
 */
public final class GlobalFeed {
    static final String TABLE = "order";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> check(key, row, inspection.last()));
    /** In {@link Tables#META}: the {@link Extent}. */
    static final byte[] EXTENT = "order".getBytes(StandardCharsets.US_ASCII);
    static final Family REACH = new Family(Tables.META, EXTENT, inspection -> (key, row) -> {
        if (key.length != EXTENT.length || row.length != 2 * Long.BYTES) {
            throw new IllegalArgumentException("no extent");
        }
    });
    /** In {@link Tables#META}: the prefix of the keys of marks; their number follows, and the row is a timetoken. */
    private static final byte[] MARK = "mark/".getBytes(StandardCharsets.US_ASCII);
    static final Family MARKS = new Family(Tables.META, MARK, inspection -> (key, row) -> {
        if (key.length != MARK.length + Long.BYTES || Keys.number(row) > inspection.last()) {
            throw new IllegalArgumentException("no mark");
        }
    });
    private static final byte[] NOTHING = {};
    /** The most rows that a page reads, also when none of them is visible any more. */
    private static final int MOST_ROWS = 10_000;

    private GlobalFeed() {}

    /** Which events a reader wants. */
    public enum Scope {
        /** Those that are kept: messages that are stored, actions added and removed. */
        KEPT,
        /** Also signals, presence and other transient events, which are forgotten after {@link Timetoken#SHORTLY}. */
        ALL
    }

    /** The result of a read. */
    public sealed interface ReadResult permits Page, Gap {}

    /**
     * Some events. None is missing between the requested offset and {@code next}, except what was deleted since, with
     * its message or by the retention of its keyset.
     *
     * @param events ascending by timetoken; may be none although there are more
     * @param next the offset to go on from
     * @param more whether there was more when the page was read
     */
    public record Page(List<Event> events, long next, boolean more) implements ReadResult {}

    /**
     * Events that followed the offset are forgotten: the reader has fallen behind the feed's retention, or data was imported.
     *
     * @param lowest the lowest offset that can be read from
     */
    public record Gap(long lowest) implements ReadResult {}

    /**
     * How much of the feed is kept.
     *
     * @param periods events that are kept, for so many periods of {@link Timetoken#SHORTLY} at least
     * @param most and no more of them than that, give or take {@code every}
     * @param every each so many of them leave a mark; divides {@code most}
     */
    record Bounds(long periods, long most, long every) {
        /** A day, and what some 500 MiB of rows hold. */
        static final Bounds USUAL = new Bounds(Duration.ofDays(1).toMinutes() / 20, 1 << 24, 1 << 16);
    }

    /**
     * The extent of the present feed.
     *
     * @param count how many events that are kept were ever put in
     * @param lowest the lowest offset from which those that are kept can be read
     */
    record Extent(long count, long lowest) {
        static final Extent EMPTY = new Extent(0, 0);

        byte[] row() {
            return ByteBuffer.allocate(2 * Long.BYTES).putLong(count).putLong(lowest).array();
        }

        /** Reads what {@link #row} wrote. */
        static Extent read(byte @Nullable [] row) {
            if (row == null) {
                return EMPTY;
            }
            ByteBuffer numbers = ByteBuffer.wrap(row);
            return new Extent(numbers.getLong(), numbers.getLong());
        }

        /** That of some tables. */
        static Extent of(Tables tables) throws RocksDBException {
            return read(tables.db.get(tables.of(Tables.META), EXTENT));
        }
    }

    /** Puts an event in, which has the highest timetoken so far. */
    static void put(Event event, byte[] channel, Bounds bounds, Transaction transaction) throws RocksDBException {
        long timetoken = event.timetoken();
        if (!event.kept()) {
            transaction.put(transaction.tables().of(Recent.TABLE),
                    Keys.at(Recent.order(Recent.period(timetoken)), timetoken),
                    channel);
            return;
        }
        transaction.put(transaction.tables().of(TABLE), Keys.number(timetoken), channel);
        Extent before = transaction.ordered();
        Extent now = new Extent(before.count() + 1, before.lowest());
        transaction.set(now.count() % bounds.every() == 0 ? marked(now, timetoken, bounds, transaction) : now);
    }

    private static Extent marked(Extent now, long timetoken, Bounds bounds, Transaction transaction)
            throws RocksDBException {
        ColumnFamilyHandle marks = transaction.tables().of(Tables.META);
        long mark = now.count() / bounds.every();
        transaction.put(marks, Keys.at(MARK, mark), Keys.number(timetoken));
        byte[] last = Keys.at(MARK, mark - bounds.most() / bounds.every());
        byte[] row = transaction.get(marks, last);
        if (row == null) {
            return now;
        }
        transaction.delete(marks, last);
        return cutTo(Keys.number(row), now, transaction);
    }

    private static Extent cutTo(long lowest, Extent now, Transaction transaction) {
        if (lowest <= now.lowest()) {
            return now;
        }
        transaction.clear(transaction.tables().of(TABLE), Keys.number(0), Keys.number(lowest + 1));
        return new Extent(now.count(), lowest);
    }

    /** Forgets what is too old, when a period begins. */
    static void begin(long period, Bounds bounds, Transaction transaction) {
        transaction.set(cutTo((period - bounds.periods()) * Timetoken.SHORTLY - 1, transaction.ordered(), transaction));
    }

    /** Has the feed begin behind all present events: something was stored that is not in the feed. */
    static void beginAnew(Transaction transaction) {
        transaction.set(cutTo(transaction.lastTimetoken(), transaction.ordered(), transaction));
    }

    /** Transient events are available from the present period and from the one before. */
    private static long lowestTold(long period) {
        return Math.max((period - 1) * Timetoken.SHORTLY - 1, 0);
    }

    /**
     * Reads on from an offset.
     *
     * @param after the offset
     * @param most the most events, at least 1
     * @param mostBytes no more events once their envelopes are so many bytes together, at least 1
     */
    static ReadResult read(Tables open, long after, Scope scope, int most, long mostBytes) throws RocksDBException {
        long last = open.state().lastTimetoken();
        Page page = after >= last ? new Page(List.of(), after, false) : page(open, after, last, scope, most, mostBytes);
        // Read last: the commit that cleared something while the page was read also raised the lowest offset
        long lowest = lowest(open, scope);
        return after < lowest ? new Gap(lowest) : page;
    }

    private static long lowest(Tables open, Scope scope) throws RocksDBException {
        long lowest = Extent.of(open).lowest();
        return scope == Scope.KEPT
                ? lowest
                : Math.max(lowest, lowestTold(Recent.period(State.lastTimetoken(open))));
    }

    private static Page page(Tables open, long after, long last, Scope scope, int most, long mostBytes)
            throws RocksDBException {
        List<Event> events = new ArrayList<>();
        long next = after;
        long bytes = 0;
        List<Scan> scans = new ArrayList<>();
        try {
            Range range = new Range(after + 1, last, false);
            scans.add(new Scan(open.db, open.of(TABLE), NOTHING, range));
            long present = Recent.period(last);
            long told = scope == Scope.KEPT ? Long.MAX_VALUE : Math.max(Recent.period(after + 1), present - 1);
            for (; told <= present; told++) {
                scans.add(new Scan(open.db, open.of(Recent.TABLE), Recent.order(told), range));
            }
            for (Scan scan : scans) {
                scan.first();
            }
            for (int rows = 0; rows < MOST_ROWS && events.size() < most && bytes < mostBytes; rows++) {
                int place = first(scans);
                if (place < 0) {
                    return new Page(events, last, false);
                }
                Scan first = scans.get(place);
                next = first.timetoken();
                Event event = event(open, place == 0, first.row(), next);
                if (event != null) {
                    events.add(event);
                    bytes += event.envelope().length;
                }
                first.next();
            }
            return new Page(events, next, next < last);
        } finally {
            scans.forEach(Scan::close);
        }
    }

    /** The index of the walk whose row comes first; a negative number when no walk has a row. */
    private static int first(List<Scan> scans) throws RocksDBException {
        int first = -1;
        for (int place = 0; place < scans.size(); place++) {
            Scan scan = scans.get(place);
            if (!scan.isValid()) {
                scan.check();
            } else if (first < 0 || scan.timetoken() < scans.get(first).timetoken()) {
                first = place;
            }
        }
        return first;
    }

    /** The event that a row is of; null when it is deleted, or too old for its keyset. */
    private static @Nullable Event event(Tables open, boolean kept, byte[] key, long timetoken)
            throws RocksDBException {
        Channel channel = Keys.parseChannel(key);
        if (!kept) {
            byte[] row = open.db.get(open.of(Recent.TABLE),
                    Keys.at(Recent.events(Recent.period(timetoken), key), timetoken));
            return row == null ? null : Feed.read(channel, timetoken, row);
        }
        Visible visible = open.state().visible(channel); // first: a deletion is forgotten when its rows are gone
        byte[] row = open.db.get(open.of(Feed.TABLE), Keys.at(key, timetoken));
        Event event = row == null ? null : Feed.read(channel, timetoken, row);
        return event != null && visible.isEvent(event) ? event : null;
    }

    /** Whether the feed has a row for an event that is kept, or had one. */
    static boolean has(Tables tables, byte[] channel, long timetoken) throws RocksDBException {
        return timetoken <= Extent.of(tables).lowest()
                || Arrays.equals(tables.db.get(tables.of(TABLE), Keys.number(timetoken)), channel);
    }

    /** Refuses a row that makes no sense. */
    private static void check(byte[] key, byte[] row, long last) {
        if (key.length != Long.BYTES || Keys.number(key) > last || Keys.channelLength(row) != row.length) {
            throw new IllegalArgumentException("no event");
        }
    }
}
