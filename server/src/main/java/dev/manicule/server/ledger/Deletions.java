package dev.manicule.server.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The deletions whose rows are still there, in memory as they stand in their table. Channels without any, as nearly all
 * are, cost one look into an empty map.
 *
 * <p>One thread changes them, the one that commits. Any thread may ask.
 */
final class Deletions {
    private final Map<ByteKey, DeletedRanges> byChannel = new ConcurrentHashMap<>();
    /** By channel, in the order in which they were committed. Of the thread that commits. */
    private final Map<ByteKey, List<Deletion>> pending = new HashMap<>();
    /** Those whose rows are to be removed, which take turns. Of the thread that commits. */
    private final ArrayDeque<Deletion> turns = new ArrayDeque<>();

    /** Those of some tables. */
    static Deletions of(Tables tables) throws RocksDBException {
        Deletions deletions = new Deletions();
        try (RocksIterator rows = tables.db.newIterator(tables.deletions)) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                deletions.add(Deletion.read(rows.key(), rows.value()));
            }
            rows.status();
        }
        return deletions;
    }

    /** What is deleted of a channel. Any thread may ask. */
    DeletedRanges of(byte[] channel) {
        return byChannel.isEmpty() ? DeletedRanges.NONE : of(new ByteKey(channel));
    }

    DeletedRanges of(ByteKey channel) {
        return byChannel.getOrDefault(channel, DeletedRanges.NONE);
    }

    /** How many there are. */
    int size() {
        return turns.size();
    }

    /** Adds those of a commit, once it is written. */
    void addAll(Collection<Deletion> committed) {
        committed.forEach(this::add);
    }

    private void add(Deletion deletion) {
        ByteKey channel = deletion.channel();
        pending.computeIfAbsent(channel, first -> new ArrayList<>()).add(deletion);
        turns.add(deletion);
        byChannel.put(channel, of(channel).with(deletion.from(), deletion.to(), deletion.at()));
    }

    /** The one whose turn it is to lose rows, null when there is none. It stays until {@link #remove}. */
    @Nullable
    Deletion next() {
        Deletion next = turns.poll();
        if (next != null) {
            turns.add(next);
        }
        return next;
    }

    /** Forgets one, once all of its rows and its own are gone. */
    void remove(Deletion deletion) {
        boolean _ = turns.remove(deletion);
        List<Deletion> left = pending.getOrDefault(deletion.channel(), new ArrayList<>());
        boolean _ = left.remove(deletion);
        if (left.isEmpty()) {
            pending.remove(deletion.channel());
            byChannel.remove(deletion.channel());
            return;
        }
        DeletedRanges ranges = DeletedRanges.NONE;
        for (Deletion each : left) {
            ranges = ranges.with(each.from(), each.to(), each.at());
        }
        byChannel.put(deletion.channel(), ranges);
    }
}
