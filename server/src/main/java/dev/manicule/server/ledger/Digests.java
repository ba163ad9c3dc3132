package dev.manicule.server.ledger;

import dev.manicule.server.command.ReportNode.Reached;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * What the last entries of a shared log have led to here, as {@link EntryDigests} says it, to be compared with what they have led to on other nodes. In the tables is the last number only, in a
 * row of its own: form, number.
 *
 * <p>Any thread may ask; the one that commits adds.
 */
final class Digests {
    private static final byte[] KEY = "digest".getBytes(StandardCharsets.US_ASCII);
    static final Family FAMILY = new Family(Tables.META, KEY, inspection -> (key, row) -> {
        if (key.length != KEY.length || row.length != Integer.BYTES + Long.BYTES) {
            throw new IllegalArgumentException("no digest");
        }
    });
    /** So many entries are remembered; what a node reports is a second old, or what a stall of the log makes of it. */
    private static final int KEPT = 1 << 16;

    private final long[] kept = new long[KEPT];
    /** From here on, up to {@link #end}, it is known what the entries below an offset have led to. */
    private long begin;
    private long end;
    private int form;

    private Digests(long end, int form, long value) {
        begin = end;
        this.end = end;
        this.form = form;
        kept[place(end)] = value;
    }

    /** Those of some tables; null where these have none, since no other node has their log. */
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

    /** Begins them in some tables, of which no entry is applied that another node could have applied otherwise. */
    static void begin(Transaction transaction) {
        put(EntryDigests.FORM, 0, transaction);
    }

    /** Has them begin as soon as this node has said that it needs that. */
    static void beginLater(Transaction transaction) {
        put(EntryDigests.NO_FORM, 0, transaction);
    }

    private static void put(int form, long value, Transaction transaction) {
        transaction.put(transaction.tables().of(Tables.META), KEY, row(form, value));
    }

    /** Writes that of the last entry of a transaction. */
    static void put(EntryDigests digests, Tables tables, WriteBuffer changes) {
        changes.put(tables.of(Tables.META), KEY, row(digests.form(), digests.value()));
    }

    /** Ends them: no other node has the log that comes. */
    static void end(Transaction transaction) {
        transaction.delete(transaction.tables().of(Tables.META), KEY);
    }

    private static byte[] row(int form, long value) {
        return ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(form).putLong(value).array();
    }

    private static int place(long offset) {
        return (int) offset & KEPT - 1;
    }

    /** What continues them. */
    synchronized EntryDigests next(Tables tables) {
        return new EntryDigests(tables, form, kept[place(end)]);
    }

    /** Takes in what a commit has added. */
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

    /** How what another node has reported compares with what is known here. */
    synchronized Likeness compare(Reached other) {
        if (form == EntryDigests.NO_FORM || other.form() != form || other.applied() < begin || other.applied() > end) {
            return Likeness.UNKNOWN;
        }
        return kept[place(other.applied())] == other.digest() ? Likeness.SAME : Likeness.OTHER;
    }
}
