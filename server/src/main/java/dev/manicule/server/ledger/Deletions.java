package dev.manicule.server.ledger;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The deletions whose rows are still there, in memory as in their table. For channels without deletions, which most
 * are, a look costs one lookup in an empty map.
 *
 * <p>Only the committing thread changes them. Any thread may read them.
 */
final class Deletions {
    static final String TABLE = "deletions";
    static final Family FAMILY = new Family(TABLE, Family.ALL, inspection -> Deletions::inspect);

    private static final byte[] NOTHING = {};
    /**
     * A channel with fewer stretches keeps the stretches of completed deletions until its last deletion is complete.
     */
    private static final int FEW_STRETCHES = 64;

    private final Map<ByteKey, DeletedRanges> byChannel = new ConcurrentHashMap<>();
    /** By channel, in the order in which they were committed. Of the thread that commits. */
    private final Map<ByteKey, Set<Deletion>> pending = new HashMap<>();
    /** The deletions whose rows are to be removed, in turn. Of the thread that commits. */
    private final ArrayDeque<Deletion> turns = new ArrayDeque<>();

    private volatile long forgotten;

    /** Those of some tables. */
    static Deletions of(Tables tables) throws RocksDBException {
        Deletions deletions = new Deletions();
        tables.walk(tables.of(Deletions.TABLE), NOTHING, (key, row) -> deletions.add(Deletion.read(key)));
        return deletions;
    }

    /** Puts the row of one. */
    static void put(Deletion deletion, Tables tables, WriteBuffer changes) {
        changes.put(tables.of(Deletions.TABLE), deletion.key(), NOTHING);
    }

    private static void inspect(byte[] key, byte[] row) {
        Deletion deletion = Deletion.read(key);
        if (deletion.from() > deletion.to() || row.length > 0) {
            throw new IllegalArgumentException("of nothing");
        }
    }

    /** The deleted ranges of a channel. Any thread may call this. */
    DeletedRanges of(byte[] channel) {
        return byChannel.isEmpty() ? DeletedRanges.NONE : of(new ByteKey(channel));
    }

    DeletedRanges of(ByteKey channel) {
        return byChannel.getOrDefault(channel, DeletedRanges.NONE);
    }

    /** A number that rises before a deletion is forgotten. Any thread may call this. */
    long forgotten() {
        return forgotten;
    }

    /** How many there are. Of the thread that commits. */
    int size() {
        return turns.size();
    }

    /** Adds the deletions of a commit, once it is written. */
    void addAll(Collection<Deletion> committed) {
        committed.forEach(this::add);
    }

    private void add(Deletion deletion) {
        ByteKey channel = deletion.channel();
        if (!pending.computeIfAbsent(channel, first -> new LinkedHashSet<>()).add(deletion)) {
            return; // an expiry and a request of one command may be the same deletion
        }
        turns.add(deletion);
        byChannel.put(channel, of(channel).with(deletion.from(), deletion.to(), deletion.at()));
    }

    /** Takes the deletion whose rows are removed next, null when there is none. {@link #waitsAgain} follows. */
    @Nullable
    Deletion next() {
        return turns.poll();
    }

    /** Puts a deletion back in the queue, unless it is complete. */
    void waitsAgain(Deletion deletion) {
        if (pending.getOrDefault(deletion.channel(), Set.of()).contains(deletion)) {
            turns.add(deletion);
        }
    }

    /**
     * Forgets a deletion, once all of its rows and its own are removed. What it hides may stay hidden a little longer:
     * it is removed.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread commits
    void remove(Deletion deletion) {
        forgotten++;
        ByteKey channel = deletion.channel();
        Set<Deletion> left = pending.getOrDefault(channel, Set.of());
        boolean _ = left.remove(deletion);
        if (left.isEmpty()) {
            pending.remove(channel);
            byChannel.remove(channel);
        } else if (of(channel).stretches() > FEW_STRETCHES + 4 * left.size()) {
            DeletedRanges ranges = DeletedRanges.NONE;
            for (Deletion each : left) {
                ranges = ranges.with(each.from(), each.to(), each.at());
            }
            byChannel.put(channel, ranges);
        }
    }
}
