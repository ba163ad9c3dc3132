package dev.manicule.server.ledger;

import dev.manicule.server.command.ReportNode.Reached;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The digests ({@link EntryDigests}) of the last entries of a shared log on this node, to be compared with those of
 * other nodes. The tables hold the last digest only, in a row of its own: form, number.
 *
 * <p>Any thread may read; the committing thread adds.
 */
final class Digests {
    private static final byte[] KEY = "digest".getBytes(StandardCharsets.US_ASCII);
    static final Family FAMILY = new Family(Tables.META, KEY, inspection -> (key, row) -> {
        if (key.length != KEY.length || row.length != Integer.BYTES + Long.BYTES) {
            throw new IllegalArgumentException("no digest");
        }
    });
    /**
     * The number of entries that are remembered; the report of a node is a second old, or older after a stall of the
     * log.
     */
    private static final int KEPT = 1 << 16;

    private final long[] kept = new long[KEPT];
    /** The digests are known from this offset on, up to {@link #end}: each is of the entries below an offset. */
    private long begin;
    private long end;
    private int form;

    private Digests(long end, int form, long value) {
        begin = end;
        this.end = end;
        this.form = form;
        kept[place(end)] = value;
    }

    /** The digests of some tables; null when these have none, since no other node has their log. */
    static @Nullable Digests of(Tables tables) throws RocksDBException {
        byte[] row = tables.db.get(tables.of(Tables.META), KEY);
        if (row == null) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(row);
        int form = fields.getInt();
        return new Digests(Math.max(State.applied(tables), 0),
                form == EntryDigests.FORM ? form : EntryDigests.NO_FORM, fields.getLong());
    }

    /** Begins the digests in tables in which no entry is applied that another node could have applied differently. */
    static void begin(Transaction transaction) {
        put(EntryDigests.FORM, 0, transaction);
    }

    /** Has the digests begin as soon as this node has reported that it needs that. */
    static void beginLater(Transaction transaction) {
        put(EntryDigests.NO_FORM, 0, transaction);
    }

    private static void put(int form, long value, Transaction transaction) {
        transaction.put(transaction.tables().of(Tables.META), KEY, row(form, value));
    }

    /** Writes the digest of the last entry of a transaction. */
    static void put(EntryDigests digests, Tables tables, WriteBuffer changes) {
        changes.put(tables.of(Tables.META), KEY, row(digests.form(), digests.value()));
    }

    /** Ends the digests: no other node has the log that follows. */
    static void end(Transaction transaction) {
        transaction.delete(transaction.tables().of(Tables.META), KEY);
    }

    private static byte[] row(int form, long value) {
        return ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(form).putLong(value).array();
    }

    private static int place(long offset) {
        return (int) offset & KEPT - 1;
    }

    /** The digests that continue these. */
    synchronized EntryDigests next(Tables tables) {
        return new EntryDigests(tables, form, kept[place(end)]);
    }

    /** Adds the digests of a commit. */
    synchronized void committed(EntryDigests added, long applied) {
        if (added.count() == 0) {
            return;
        }
        if (applied - added.count() != end) { // entries were passed over
            begin = applied - added.count() + 1;
        }
        for (int entry = 0; entry < added.count(); entry++) {
            kept[place(applied - added.count() + entry + 1)] = added.value(entry);
        }
        end = applied;
        if (added.form() != form) {
            form = added.form();
            begin = end - added.count() + added.formless() + 1;
        }
        begin = Math.max(begin, end - KEPT + 1);
    }

    /** How far this node is. */
    synchronized Reached reached() {
        return new Reached(end, form, kept[place(end)]);
    }

    /** Compares the report of another node with the digests of this node. */
    synchronized Likeness compare(Reached other) {
        if (form == EntryDigests.NO_FORM || other.form() != form || other.applied() < begin || other.applied() > end) {
            return Likeness.UNKNOWN;
        }
        return kept[place(other.applied())] == other.digest() ? Likeness.SAME : Likeness.OTHER;
    }
}
