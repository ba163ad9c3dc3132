package dev.manicule.server.ledger;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Rows that were put into tables and taken out of them, the last word on each row, kept on this side of RocksDB until all
 * of it goes there in one call. A call for each row would cost more than the row.
 *
 * <p>For one thread.
 */
final class Changes {
    /** What stands for a row that was taken out. */
    private static final byte[] GONE = new byte[0];
    // RocksDB's form of a batch, which is also what it writes to its log (write_batch.cc): a number that it fills in, the
    // count of records, and for each a tag, the number of its column family, its key, and its row unless it is taken out.
    private static final int SEQUENCE_BYTES = 8;
    private static final int HEADER_BYTES = SEQUENCE_BYTES + 4;
    private static final byte TAKE_OUT = 4;
    private static final byte PUT = 5;
    private static final int MOST_BYTES_OF_A_LENGTH = 5;

    /** By table; by the handle itself, whose {@code equals} would go to RocksDB. */
    private final IdentityHashMap<ColumnFamilyHandle, Map<ByteKey, byte[]>> rows = new IdentityHashMap<>();

    /** The rows that are there without the changes. */
    interface Committed {
        byte @Nullable [] get(ColumnFamilyHandle table, byte[] key) throws RocksDBException;
    }

    void put(ColumnFamilyHandle table, byte[] key, byte[] row) {
        rows.computeIfAbsent(table, first -> new HashMap<>()).put(new ByteKey(key), row);
    }

    void delete(ColumnFamilyHandle table, byte[] key) {
        put(table, key, GONE);
    }

    /**
     * A row as it is with these changes; a row that they don't touch, as {@code otherwise} says.
     *
     * @return null for no row
     */
    byte @Nullable [] get(ColumnFamilyHandle table, byte[] key, Committed otherwise) throws RocksDBException {
        byte[] row = rows.getOrDefault(table, Map.of()).get(new ByteKey(key));
        return row == null ? otherwise.get(table, key) : isGone(row) ? null : row;
    }

    @SuppressWarnings("ReferenceEquality") // a row may well be empty
    private static boolean isGone(byte[] row) {
        return row == GONE;
    }

    /** Makes the same changes to some rows of a table: of those whose keys begin so. */
    void applyTo(ColumnFamilyHandle table, byte[] beginning, SortedMap<ByteKey, byte[]> committed) {
        rows.getOrDefault(table, Map.of()).forEach((key, row) -> {
            if (!Keys.startsWith(key.bytes, beginning)) {
                return;
            }
            if (isGone(row)) {
                committed.remove(key);
            } else {
                committed.put(key, row);
            }
        });
    }

    /** Whether a row is taken out by these changes. */
    boolean hasTakenOut(ColumnFamilyHandle table, byte[] key) {
        byte[] row = rows.getOrDefault(table, Map.of()).get(new ByteKey(key));
        return row != null && isGone(row);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** All of them, ready to be written. The caller closes it. */
    WriteBatch toBatch() {
        int count = 0;
        int most = HEADER_BYTES;
        for (Map<ByteKey, byte[]> table : rows.values()) {
            count += table.size();
            for (Map.Entry<ByteKey, byte[]> each : table.entrySet()) {
                most += 1 + 3 * MOST_BYTES_OF_A_LENGTH + each.getKey().bytes.length + each.getValue().length;
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN).position(SEQUENCE_BYTES);
        bytes.putInt(count);
        rows.forEach((table, changed) -> {
            int id = table.getID();
            changed.forEach((key, row) -> put(bytes, id, key.bytes, row));
        });
        return new WriteBatch(Arrays.copyOf(bytes.array(), bytes.position()));
    }

    private static void put(ByteBuffer bytes, int table, byte[] key, byte[] row) {
        bytes.put(isGone(row) ? TAKE_OUT : PUT);
        length(bytes, table);
        length(bytes, key.length);
        bytes.put(key);
        if (!isGone(row)) {
            length(bytes, row.length);
            bytes.put(row);
        }
    }

    /** Seven bits in each byte, the low ones first; a byte that is not the last has its high bit set. */
    private static void length(ByteBuffer bytes, int length) {
        int left = length;
        while (left > 0x7F) {
            bytes.put((byte) (left | 0x80));
            left >>>= 7;
        }
        bytes.put((byte) left);
    }
}
