package dev.manicule.server.ledger;

import dev.manicule.server.model.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Removes the rows of what is deleted or too old, a slice at a time. No read shows the difference: reads and rules
 * treat those rows as gone already. So each machine removes them when it suits it, and no slice need be durable.
 *
 * <p>Belongs to the thread that commits, so that no row changes between being looked at and being removed.
 */
final class Removal {
    private static final byte[] NOTHING = {};
    /** A deletion without any row takes as long as the removal of so many. */
    private static final int ROWS_A_DELETION_COSTS = 20;
    /**
     * A deletion of a whole channel with more rows removes most of them as ranges: a few records, however many rows
     * there are.
     */
    private static final int MANY_ROWS = 10_000;

    private final Tables tables;
    private final State state;
    private final WriteOptions how = new WriteOptions().setDisableWAL(true);
    private final Map<Deletion, Reached> progress = new HashMap<>();
    private final List<String> keysetsToSweep = new ArrayList<>();
    private byte @Nullable [] sweptChannel;
    /** Ranges that were removed and still take space on the disk. Any thread may take from it. */
    private final Queue<KeyRange> toFree = new ConcurrentLinkedQueue<>();

    /**
     * How far a deletion has come: first with the actions, then with the messages.
     *
     * @param action the key of {@code actionsByMessage} to go on at, empty for the first; null when they are done
     * @param message the message to go on at
     * @param rows how many rows it has looked at
     * @param isInRanges whether all rows are gone that are in the order of time
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Reached(byte @Nullable [] action, long message, long rows, boolean isInRanges) {}

    Removal(Tables tables, State state) {
        this.tables = tables;
        this.state = state;
    }

    void close() {
        how.close();
    }

    /** Begins a search of all channels for what is too old. */
    void sweep() {
        if (keysetsToSweep.isEmpty()) {
            state.horizons().keysets().forEach(keysetsToSweep::add);
        }
    }

    /** Whether there is anything to do. */
    boolean hasWork() {
        return state.deletions().size() > 0 || !keysetsToSweep.isEmpty();
    }

    /**
     * Removes some rows.
     *
     * @param rows about how many, at least one
     * @param time the present timetoken, by which something is too old
     * @return whether there is more to do
     */
    boolean slice(int rows, long time) throws RocksDBException {
        int left = rows;
        boolean isAny = false;
        for (Deletion deletion = state.deletions().next(); deletion != null; deletion = state.deletions().next()) {
            try {
                left = removeSome(deletion, left) - ROWS_A_DELETION_COSTS;
            } finally {
                state.deletions().waitsAgain(deletion);
            }
            isAny = true;
            if (left <= 0) {
                return hasWork();
            }
        }
        if (!isAny && !keysetsToSweep.isEmpty()) {
            sweepSome(keysetsToSweep.getLast(), rows, time);
        }
        return hasWork();
    }

    /** Returns how many rows may still be removed in this slice. */
    private int removeSome(Deletion deletion, int most) throws RocksDBException {
        Reached reached = progress.getOrDefault(deletion, new Reached(NOTHING, deletion.from(), 0, false));
        boolean isInRanges = reached.isInRanges();
        if (!isInRanges && reached.rows() >= MANY_ROWS && deletion.isOfChannel()) {
            removeRanges(deletion);
            isInRanges = true;
        }
        WriteBuffer changes = new WriteBuffer();
        int left = most;
        byte[] action = reached.action();
        if (action != null) {
            Range all = new Range(deletion.from(), deletion.to(), false);
            try (Scan scan = new Scan(tables.db, tables.of(ActionsByMessage.TABLE), deletion.channel().bytes, all)) {
                for (seek(scan, action); scan.isValid() && left > 0; scan.next()) {
                    action = Keys.directlyAfter(scan.key());
                    ActionsByMessage.removeDeleted(scan.key(), scan.row(), deletion.channel().bytes, deletion.at(),
                            !isInRanges,
                            tables, changes);
                    left--;
                }
                scan.check();
                action = scan.isValid() ? action : null;
            }
        }
        long message = reached.message();
        boolean isWhole = false;
        if (action == null) {
            long last = Math.max(Math.min(deletion.to(), deletion.at() - 1), message); // a deletion may be of what is to come
            try (Scan scan = new Scan(tables.db, tables.of(Messages.TABLE), deletion.channel().bytes,
                    new Range(message, last, false))) {
                for (scan.first(); scan.isValid() && left > 0; scan.next()) {
                    message = scan.timetoken() + 1;
                    if (message <= deletion.at()) {
                        Messages.remove(scan.key(), tables, changes);
                    }
                    left--;
                }
                scan.check();
                isWhole = !scan.isValid();
            }
        }
        if (isWhole) {
            left = MessageNumbers.removePassed(deletion.channel().bytes, 0, Math.max(left, 1), tables, changes);
            isWhole = left > 0;
        }
        if (isWhole) {
            changes.delete(tables.of(Deletions.TABLE), deletion.key());
        }
        write(changes);
        if (isWhole) {
            progress.remove(deletion);
            state.deletions().remove(deletion);
        } else {
            progress.put(deletion, new Reached(action, message, reached.rows() + most - left, isInRanges));
        }
        return left;
    }

    /** In these tables the rows of a channel are in the order of time: all that came before a deletion of all of them stands together. */
    private void removeRanges(Deletion deletion) throws RocksDBException {
        byte[] channel = deletion.channel().bytes;
        List<KeyRange> ranges = List.of(
                new KeyRange(tables.of(Messages.TABLE), Keys.at(channel, 0), Keys.at(channel, deletion.at())),
                new KeyRange(tables.of(Feed.TABLE), Keys.at(channel, 0), Keys.at(channel, deletion.at())),
                new KeyRange(tables.of(Actions.TABLE), Keys.newestFirst(channel, deletion.at() - 1),
                        Keys.after(channel)));
        try (WriteBatch batch = new WriteBatch()) {
            for (KeyRange range : ranges) {
                batch.deleteRange(range.table(), range.from(), range.below());
            }
            tables.db.write(how, batch);
        }
        toFree.addAll(ranges);
    }

    /** Whether {@link #free} has something to do. Any thread may ask. */
    boolean hasRoomToFree() {
        return !toFree.isEmpty();
    }

    /**
     * Has RocksDB rewrite files that have lost ranges: by itself it may not do so for a month. Takes seconds. Any
     * thread may call this, one at a time.
     *
     * @param open the tables that are open: others may have been closed
     * @param how may end it early
     */
    void free(Tables open, CompactRangeOptions how) throws RocksDBException {
        for (KeyRange range = toFree.peek(); range != null && open == tables
                && !how.canceled(); range = toFree.peek()) {
            tables.db.compactRange(range.table(), range.from(), range.below(), how);
            KeyRange _ = toFree.remove();
        }
    }

    private static void seek(Scan scan, byte[] key) {
        if (key.length == 0) {
            scan.first();
        } else {
            scan.seek(key);
        }
    }

    /** Goes on in the channels of a keyset; in each, the feed leads to all that is kept. */
    private void sweepSome(String keyset, int most, long time) throws RocksDBException {
        long horizon = state.horizons().from(keyset, time);
        byte[] prefix = Channels.ofKeyset(keyset);
        int left = most;
        WriteBuffer changes = new WriteBuffer();
        try (Slice end = new Slice(Keys.after(prefix));
                ReadOptions options = new ReadOptions().setIterateUpperBound(end);
                RocksIterator channels = tables.db.newIterator(tables.of(Channels.TABLE), options)) {
            channels.seek(sweptChannel == null ? prefix : sweptChannel);
            while (channels.isValid() && left > 0) {
                byte[] channel = channels.key();
                sweptChannel = channel;
                left = sweepChannel(channel, channels.value(), horizon, left, changes) - 1;
                if (left >= 0) {
                    channels.next();
                }
            }
            channels.status();
            if (!channels.isValid() && left >= 0) {
                sweptChannel = null;
                keysetsToSweep.removeLast();
            }
        }
        write(changes);
    }

    /** Gives how many rows are left of those that may be removed, −1 when some of the channel's are left. */
    private int sweepChannel(byte[] channel, byte[] last, long horizon, int most, WriteBuffer changes)
            throws RocksDBException {
        int left = most;
        if (horizon == 0) {
            return left;
        }
        try (Scan feed = new Scan(tables.db, tables.of(Feed.TABLE), channel, new Range(0, horizon - 1, false))) {
            for (feed.first(); feed.isValid(); feed.next()) {
                if (left == 0) {
                    return -1;
                }
                Feed.removeOld(feed.key(), feed.row(), channel, horizon, tables, changes);
                left--;
            }
            feed.check();
        }
        left = MessageNumbers.removePassed(channel, horizon, Math.max(left, 1), tables, changes);
        if (left == 0) {
            return -1;
        }
        if (Keys.number(last) < horizon) {
            changes.delete(tables.of(Channels.TABLE), channel);
        }
        return left;
    }

    private void write(WriteBuffer changes) throws RocksDBException {
        if (changes.isEmpty()) {
            return;
        }
        try (WriteBatch batch = changes.toBatch()) {
            tables.db.write(how, batch);
        }
    }
}
