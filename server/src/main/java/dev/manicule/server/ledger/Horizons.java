package dev.manicule.server.ledger;

import dev.manicule.server.command.Retain;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.rocksdb.RocksDBException;

/**
 * From when on each keyset keeps what it stores: for a time, or for ever. What is older is not there any more, for reads and
 * for rules alike, from the very moment on; its rows go later. Where a keyset is set to keep longer than before, what was gone
 * stays gone: hence the floor.
 *
 * <p>Never changed; {@link #with} gives others.
 */
final class Horizons {
    private final Map<String, Kept> byKeyset;

    /**
     * What a keyset keeps.
     *
     * @param steps for how long, in 100 ns; {@link Retain#FOREVER}
     * @param floor nothing from before this timetoken is kept, however long
     */
    record Kept(long steps, long floor) {
        static final Kept ALL = new Kept(Retain.FOREVER, 0);

        /** The lowest timetoken that is kept at a time. */
        long from(long time) {
            return steps == Retain.FOREVER ? floor : Math.max(floor, time - steps);
        }

        /** What is kept when the time is set anew. */
        Kept set(long newSteps, long time) {
            return new Kept(newSteps, from(time));
        }

        byte[] row() {
            return ByteBuffer.allocate(2 * Long.BYTES).putLong(steps).putLong(floor).array();
        }

        static Kept read(byte[] row) {
            ByteBuffer numbers = ByteBuffer.wrap(row);
            return new Kept(numbers.getLong(), numbers.getLong());
        }
    }

    private Horizons(Map<String, Kept> byKeyset) {
        this.byKeyset = byKeyset;
    }

    /** Those of some tables. */
    static Horizons of(Tables tables) throws RocksDBException {
        Map<String, Kept> found = new HashMap<>();
        tables.walk(tables.meta, Keys.RETENTIONS,
                (key, row) -> found.put(Keys.parseRetention(key), Kept.read(row)));
        return new Horizons(found);
    }

    /** What a keyset keeps. */
    Kept of(String keyset) {
        return byKeyset.getOrDefault(keyset, Kept.ALL);
    }

    /** The lowest timetoken that a keyset keeps at a time. */
    long from(String keyset, long time) {
        return byKeyset.isEmpty() ? 0 : of(keyset).from(time);
    }

    /** The keysets of which something may be too old. */
    Set<String> keysets() {
        return byKeyset.keySet();
    }

    /** The same with another keyset, or with one that keeps something else. */
    Horizons with(String keyset, Kept kept) {
        Map<String, Kept> all = new HashMap<>(byKeyset);
        all.put(keyset, kept);
        return new Horizons(all);
    }
}
