package dev.manicule.server.ledger;

import dev.manicule.server.command.OperationId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.rocksdb.RocksDBException;

/**
 * For each node of a cluster, the last report of presence that was applied. A report that was in doubt may come through
 * a shared log behind later reports of its node: then it is outdated, and is not applied. Key: the number of the node.
 * Row: the operation of the report.
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

    /**
     * Notes a report as the last one of its node; false when a later one of the same start of the node was noted
     * before.
     */
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
