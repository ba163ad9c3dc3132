package dev.manicule.server.ledger;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Rows that were put into tables and removed from them. Of each row only the last change counts. They stay on this side
 * of RocksDB until all of them go there in one call: a call for each row would cost more than the row.
 *
 * <p>For one thread.
 */
final class WriteBuffer {
    /** Stands for a row that was removed. */
    private static final byte[] GONE = new byte[0];
    // RocksDB's form of a batch, which is also what it writes to its log (write_batch.cc): a number that it fills in, the
    // count of records, and for each a tag, the number of its column family, its key, and its row unless it is taken out.
    private static final int SEQUENCE_BYTES = 8;
    private static final int HEADER_BYTES = SEQUENCE_BYTES + 4;
    private static final byte TAKE_OUT = 4;
    private static final byte PUT = 5;
    private static final SequencedMap<ByteKey, byte[]> NONE = Collections
            .unmodifiableSequencedMap(new LinkedHashMap<>());

    private final @Nullable EntryDigests digests;
    /** By table; by the handle itself, whose {@code equals} would go to RocksDB. In the order in which the rows were first changed. */
    private final IdentityHashMap<ColumnFamilyHandle, SequencedMap<ByteKey, byte[]>> rows = new IdentityHashMap<>();

    /** The changes since the first mark; null without a mark. */
    private @Nullable List<Step> steps;

    /** None yet. */
    WriteBuffer() {
        this(null);
    }

    /**
     * None yet.
     *
     * @param digests gets each row that is put; null when no digests are kept
     */
    WriteBuffer(@Nullable EntryDigests digests) {
        this.digests = digests;
    }

    /** The rows that are there without the changes. */
    interface Committed {
        byte @Nullable [] get(ColumnFamilyHandle table, byte[] key) throws RocksDBException;
    }

    void put(ColumnFamilyHandle table, byte[] key, byte[] row) {
        put(table, key, row, row);
    }

    /**
     * The same.
     *
     * @param said stands for the row in the digests; empty for a row that is in none
     */
    void put(ColumnFamilyHandle table, byte[] key, byte[] row, byte[] said) {
        if (digests != null && (said.length > 0 || row.length == 0)) {
            digests.row(table, key, said);
        }
        change(table, key, row);
    }

    private void change(ColumnFamilyHandle table, byte[] key, byte[] row) {
        SequencedMap<ByteKey, byte[]> changed = rows.computeIfAbsent(table, first -> new LinkedHashMap<>());
        ByteKey place = new ByteKey(key);
        byte[] before = changed.put(place, row);
        if (steps != null) {
            steps.add(new Step(changed, place, before));
        }
    }

    /** A change since the first mark. */
    private static final class Step {
        final SequencedMap<ByteKey, byte[]> table;
        final ByteKey key;
        /** What an earlier change had made of the row; null when none had. */
        final byte @Nullable [] before;

        Step(SequencedMap<ByteKey, byte[]> table, ByteKey key, byte @Nullable [] before) {
            this.table = table;
            this.key = key;
            this.before = before;
        }

        void takeBack() {
            if (before == null) {
                table.remove(key);
            } else {
                table.put(key, before);
            }
        }
    }

    /** A point to which the changes can be taken back. */
    record Mark(int steps, long digest) {}

    /** Marks the present point. The changes since the first mark are noted until {@link #forgetMarks}. */
    Mark mark() {
        if (steps == null) {
            steps = new ArrayList<>();
        }
        return new Mark(steps.size(), digests == null ? 0 : digests.rows());
    }

    /** Takes back all changes since a mark. */
    void takeBackTo(Mark mark) {
        List<Step> noted = Objects.requireNonNull(steps, "a mark was set");
        while (noted.size() > mark.steps()) {
            noted.removeLast().takeBack();
        }
        rows.values().removeIf(Map::isEmpty);
        if (digests != null) {
            digests.rows(mark.digest());
        }
    }

    /** Nothing will be taken back any more. */
    void forgetMarks() {
        steps = null;
    }

    void delete(ColumnFamilyHandle table, byte[] key) {
        change(table, key, GONE);
    }

    /**
     * A row as it is with these changes; a row that they don't touch, as {@code otherwise} says.
     *
     * @return null for no row
     */
    byte @Nullable [] get(ColumnFamilyHandle table, byte[] key, Committed otherwise) throws RocksDBException {
        byte[] row = rows.getOrDefault(table, NONE).get(new ByteKey(key));
        return row == null ? otherwise.get(table, key) : isGone(row) ? null : row;
    }

    @SuppressWarnings("ReferenceEquality") // a row may well be empty
    private static boolean isGone(byte[] row) {
        return row == GONE;
    }

    /** Applies the same changes to the rows of a table whose keys begin so. */
    void applyTo(ColumnFamilyHandle table, byte[] beginning, SortedMap<ByteKey, byte[]> committed) {
        rows.getOrDefault(table, NONE).forEach((key, row) -> {
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
        byte[] row = rows.getOrDefault(table, NONE).get(new ByteKey(key));
        return row != null && isGone(row);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** All of them, ready to be written. The caller closes it. */
    WriteBatch toBatch() {
        int count = 0;
        int size = HEADER_BYTES;
        for (Map.Entry<ColumnFamilyHandle, SequencedMap<ByteKey, byte[]>> table : rows.entrySet()) {
            count += table.getValue().size();
            int id = table.getKey().getID();
            for (Map.Entry<ByteKey, byte[]> each : table.getValue().entrySet()) {
                size += size(id, each.getKey().bytes, each.getValue());
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).position(SEQUENCE_BYTES);
        bytes.putInt(count);
        rows.forEach((table, changed) -> {
            int id = table.getID();
            rising(changed).forEach((key, row) -> put(bytes, id, key.bytes, row));
        });
        return new WriteBatch(bytes.array());
    }

    /**
     * Rows whose keys mostly rise or mostly fall, as those do that end with a timetoken, so that they mostly rise: RocksDB looks for
     * the place of a row right behind that of the row before, and must search from the top when it is not there.
     */
    private static SequencedMap<ByteKey, byte[]> rising(SequencedMap<ByteKey, byte[]> changed) {
        boolean falls = changed.firstEntry().getKey().compareTo(changed.lastEntry().getKey()) > 0;
        return falls ? changed.reversed() : changed;
    }

    private static int size(int table, byte[] key, byte[] row) {
        int size = 1 + sizeOf(table) + sizeOf(key.length) + key.length;
        return isGone(row) ? size : size + sizeOf(row.length) + row.length;
    }

    /** How many bytes {@link #length} puts. */
    private static int sizeOf(int length) {
        return (Integer.SIZE - Integer.numberOfLeadingZeros(length | 1) + 6) / 7;
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
