package dev.manicule.server.ledger;

import dev.manicule.server.command.Retain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.rocksdb.RocksDBException;

/**
 * From when on each keyset retains what it stores: for a time, or for ever. What is older is gone at once, for reads
 * and for rules alike; its rows are removed later. When the retention of a keyset is raised, what was gone stays gone:
 * hence the floor.
 *
 * <p>Never changed; {@link #with} gives others.
 */
final class Horizons {
    /** In {@code meta}: the prefix of the keys of the retention of keysets. */
    private static final byte[] BEGINNING = "retention/".getBytes(StandardCharsets.US_ASCII);
    static final Family FAMILY = new Family(Tables.META, BEGINNING, inspection -> (key, row) -> {
        var _ = parse(key);
        var _ = Kept.read(row);
    });

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

        /** What is kept when the retention is changed. */
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

    /** The key of the retention of a keyset, which has its name. */
    static byte[] key(String keyset) {
        return Keys.joined(BEGINNING, keyset);
    }

    /** Reads what {@link #key} wrote. */
    static String parse(byte[] key) {
        return new String(key, BEGINNING.length, key.length - BEGINNING.length, StandardCharsets.UTF_8);
    }

    /** Puts what a keyset keeps. */
    static void put(String keyset, Kept kept, Transaction transaction) {
        transaction.put(transaction.tables().of(Tables.META), key(keyset), kept.row());
        transaction.set(transaction.horizons().with(keyset, kept));
    }

    /** Those of some tables. */
    static Horizons of(Tables tables) throws RocksDBException {
        Map<String, Kept> found = new HashMap<>();
        tables.walk(tables.of(Tables.META), Horizons.BEGINNING,
                (key, row) -> found.put(Horizons.parse(key), Kept.read(row)));
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

    /** The keysets in which something may be too old. */
    Set<String> keysets() {
        return byKeyset.keySet();
    }

    /** The same with another keyset, or with another retention of a keyset. */
    Horizons with(String keyset, Kept kept) {
        Map<String, Kept> all = new HashMap<>(byKeyset);
        all.put(keyset, kept);
        return new Horizons(all);
    }
}
