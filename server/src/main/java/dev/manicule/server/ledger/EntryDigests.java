package dev.manicule.server.ledger;

import dev.manicule.server.command.ByteWriter;
import dev.manicule.server.command.Outcome;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.rocksdb.ColumnFamilyHandle;

/**
 * A digest, which is a number, for each entry of a shared log: of the rows that the entry puts, its outcome, and the
 * digest of the entry before. Nodes that have applied the same entries in the same way have the same digests, however
 * the entries were batched. Digests guard against faults, not against attacks.
 *
 * <p>For one transaction, and its thread.
 */
final class EntryDigests {
    /** Tables in another format have other rows: their digests can't be compared. */
    static final int FORM = DataFolder.FORMAT;
    /** The form of a digest that can't be compared with any. */
    static final int NO_FORM = 0;
    /** An arbitrary odd number with as many ones as zeros: that of the golden ratio. */
    private static final long STEP = 0x9E37_79B9_7F4A_7C15L;
    private static final int FIRST_CAPACITY = 64;

    private final Tables tables;
    private final CRC32C crc = new CRC32C();
    private final ByteWriter outcomes = new ByteWriter();
    private int form;
    private long value;
    private boolean isToRestart;
    /**
     * Of the rows of the present entry: a sum, since the order in which an entry changes its rows differs between
     * machines.
     */
    private long rows;
    private long[] values = new long[FIRST_CAPACITY];
    private int count;
    /** How many entries at the beginning have digests that can't be compared. */
    private int formless;

    /** Goes on from the digest of the last committed entry. */
    EntryDigests(Tables tables, int form, long value) {
        this.tables = tables;
        this.form = form;
        this.value = value;
    }

    /**
     * The present entry puts a row, or what stands for one. Rows that it takes out do not count: rows that no read
     * shows any more still exist on one machine and are gone on another.
     */
    void row(ColumnFamilyHandle table, byte[] key, byte[] row) {
        crc.reset();
        crc.update(key);
        long first = crc.getValue();
        crc.update(row);
        rows += mixed(mixed(first << Integer.SIZE | crc.getValue()) + tables.nameHash(table));
    }

    /** What the rows that the present entry has put so far come to. */
    long rows() {
        return rows;
    }

    /** Takes back to an earlier {@link #rows()} what the present entry has put since. */
    void rows(long earlier) {
        rows = earlier;
    }

    /** The digests begin anew with the present entry. */
    void restart() {
        isToRestart = true;
    }

    /** All rows of an entry are there. */
    void ended(long timetoken, Outcome outcome) {
        outcomes.clear();
        outcome.writeTo(outcomes);
        crc.reset();
        crc.update(outcomes.array(), 0, outcomes.length());
        ended(mixed(timetoken) + crc.getValue());
    }

    /** An entry is taken for applied. */
    void skipped() {
        ended(1);
    }

    private void ended(long outcome) {
        if (isToRestart) {
            form = FORM;
            value = 0;
            formless = count;
            isToRestart = false;
        }
        value = mixed(value + STEP) + mixed(rows) + mixed(outcome);
        rows = 0;
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count] = value;
        count++;
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mixed(long number) {
        long once = (number ^ number >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        long twice = (once ^ once >>> 27) * 0x94D0_49BB_1331_11EBL;
        return twice ^ twice >>> 31;
    }

    int form() {
        return form;
    }

    long value() {
        return value;
    }

    /** How many entries there were. */
    int count() {
        return count;
    }

    /** How many of them, from the first one on, have numbers that can't be compared with the last one's. */
    int formless() {
        return formless;
    }

    /** That of one of the entries, from 0 on. */
    long value(int entry) {
        return values[entry];
    }
}
