package dev.manicule.server.ledger;

import dev.manicule.server.command.OperationId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.rocksdb.RocksDBException;

/**
 * Of each node of a cluster, the last report of presence that was taken. One that was in doubt may come through a shared log behind those that its node
 * made later: then it says what was, and is not taken. Key: the number of the node. Row: the operation of the report.
 */
final class LastReports {
    private static final byte[] BEGINNING = "report/".getBytes(StandardCharsets.US_ASCII);
    static final Family FAMILY = new Family(Tables.META, BEGINNING, inspection -> (key, row) -> {
        if (key.length != BEGINNING.length + Long.BYTES || row.length != 2 * Long.BYTES) {
            throw new IllegalArgumentException("no report");
        }
    });

    private LastReports() {}

    private static byte[] key(long node) {
        return ByteBuffer.allocate(BEGINNING.length + Long.BYTES).put(BEGINNING).putLong(node).array();
    }

    /** Takes a report for the last one of its node; false when a later one of the same start of the node was taken before. */
    static boolean take(long node, OperationId operation, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(Tables.META), key(node));
        if (row != null) {
            ByteBuffer last = ByteBuffer.wrap(row);
            if (last.getLong() == operation.node() && last.getLong() > operation.sequence()) {
                return false;
            }
        }
        transaction.put(transaction.tables().of(Tables.META), key(node), ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(operation.node())
                .putLong(operation.sequence())
                .array());
        return true;
    }
}
