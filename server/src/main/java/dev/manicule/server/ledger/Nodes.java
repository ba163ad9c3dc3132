package dev.manicule.server.ledger;

import dev.manicule.server.command.ReportNode;
import dev.manicule.server.ledger.LedgerReader.Node;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;

/**
 * The nodes of a cluster that were seen, until they are removed. Key: the number of the node. Row: {@link Seen}.
 */
final class Nodes {
    private static final byte[] BEGINNING = "node/".getBytes(StandardCharsets.US_ASCII);
    static final Family FAMILY = new Family(Tables.META, BEGINNING, inspection -> (key, row) -> {
        if (key.length != BEGINNING.length + Long.BYTES || Seen.read(row).at > inspection.last()) {
            throw new IllegalArgumentException("no node");
        }
    });
    /** Of a node that is not being removed. */
    static final byte[] NOT_BEGUN = {};

    private Nodes() {}

    /**
     * What is known of a node.
     *
     * @param at the timetoken of its last report, whether of itself or of presence
     * @param incarnation which start of its process reports; 0 when that is not known
     * @param rules the highest version of the rules that it knows; 0 when that is not known
     * @param applied below which offset it had applied all entries of the log
     * @param address where other nodes reach it; empty when that is not known
     * @param looked while it is being removed, up to which key of the table of presence its leases have ended; else {@link #NOT_BEGUN}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Seen(long at, long incarnation, int rules, long applied, String name, String address, byte[] looked) {
        /** A node that was never seen. */
        static final Seen NEVER = new Seen(0, 0, 0, 0, "", "", NOT_BEGUN);

        static Seen read(byte[] row) {
            ByteBuffer rest = ByteBuffer.wrap(row);
            long at = rest.getLong();
            long incarnation = rest.getLong();
            int rules = rest.getInt();
            long applied = rest.getLong();
            String name = Keys.text(rest, rest.getShort() & 0xFFFF);
            String address = Keys.text(rest, rest.getShort() & 0xFFFF);
            byte[] looked = new byte[rest.remaining()];
            rest.get(looked);
            return new Seen(at, incarnation, rules, applied, name, address, looked);
        }

        private byte[] row() {
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            byte[] place = address.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer
                    .allocate(3 * Long.BYTES + Integer.BYTES + 2 * Short.BYTES + text.length + place.length
                            + looked.length)
                    .putLong(at)
                    .putLong(incarnation)
                    .putInt(rules)
                    .putLong(applied)
                    .putShort((short) text.length)
                    .put(text)
                    .putShort((short) place.length)
                    .put(place)
                    .put(looked)
                    .array();
        }

        /** The same, removed up to a key. */
        Seen looked(byte[] upTo) {
            return new Seen(at, incarnation, rules, applied, name, address, upTo);
        }
    }

    private static byte[] key(long node) {
        return ByteBuffer.allocate(BEGINNING.length + Long.BYTES).put(BEGINNING).putLong(node).array();
    }

    /** The data on a node; {@link Seen#NEVER}. */
    static Seen find(long node, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(Tables.META), key(node));
        return row == null ? Seen.NEVER : Seen.read(row);
    }

    static void put(long node, Seen seen, Transaction transaction) {
        transaction.put(transaction.tables().of(Tables.META), key(node), seen.row());
    }

    static void delete(long node, Transaction transaction) {
        transaction.delete(transaction.tables().of(Tables.META), key(node));
    }

    /**
     * A node reports presence: it is alive. If it was being removed, the removal starts over when it is not seen again.
     */
    static void seen(long node, long timetoken, Transaction transaction) throws RocksDBException {
        Seen known = find(node, transaction);
        put(node, new Seen(timetoken, known.incarnation, known.rules, known.applied, known.name, known.address,
                NOT_BEGUN), transaction);
    }

    /** Whether a start of a process is the one that is a node, as far as that is known. */
    static boolean isProcess(long node, long incarnation, Transaction transaction) throws RocksDBException {
        Seen known = find(node, transaction);
        return known.incarnation == 0 || known.incarnation == incarnation;
    }

    /** A node reports itself; false when another process is this node. */
    static boolean report(ReportNode report, long timetoken, Transaction transaction) throws RocksDBException {
        Seen known = find(report.node(), transaction);
        boolean isOther = known.incarnation != 0 && known.incarnation != report.incarnation().id();
        if (isOther && !(report.incarnation().isFirst() && report.incarnation().before() == known.incarnation)) {
            return false;
        }
        transaction.reported(report);
        put(report.node(),
                new Seen(timetoken, report.incarnation().id(), report.rules(), report.reached().applied(),
                        report.name(),
                        report.address(),
                        NOT_BEGUN),
                transaction);
        return true;
    }

    /** See {@link LedgerReader#nodes}. */
    static List<Node> all(Tables open) throws RocksDBException {
        List<Node> nodes = new ArrayList<>();
        open.walk(open.of(Tables.META), BEGINNING, (key, row) -> {
            Seen seen = Seen.read(row);
            nodes.add(
                    new Node(ByteBuffer.wrap(key).getLong(BEGINNING.length), seen.name, seen.address, seen.incarnation,
                            seen.at, seen.rules, seen.applied));
        });
        return nodes;
    }
}
