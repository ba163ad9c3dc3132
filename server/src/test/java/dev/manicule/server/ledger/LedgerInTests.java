package dev.manicule.server.ledger;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.rocksdb.MutableDBOptions;
import org.rocksdb.RocksDBException;

/** What tests do with a ledger, and servers don't. */
public final class LedgerInTests {
    private LedgerInTests() {}

    /** Closes it as a kill would: what was not written out is lost. */
    public static void kill(Ledger ledger) {
        try {
            haveLossWhenClosed(ledger);
        } catch (StorageException e) {
            // they are closed already
        } finally {
            ledger.close();
        }
    }

    /** Has the tables lose what was not written out when they are closed, or opened anew. */
    public static void haveLossWhenClosed(Ledger ledger) {
        try {
            ledger.transaction().tables().db
                    .setDBOptions(MutableDBOptions.builder().setAvoidFlushDuringShutdown(true).build());
        } catch (RocksDBException e) {
            throw new StorageException("Setting an option", e);
        }
    }

    /** All rows of all tables, once the hidden ones are removed. */
    public static List<String> rows(Ledger ledger) {
        ledger.sweep();
        while (ledger.hasRowsToRemove()) {
            boolean _ = ledger.removeRows();
        }
        Tables tables = ledger.transaction().tables();
        List<String> rows = new ArrayList<>();
        try {
            for (String table : Tables.NAMES) {
                tables.walk(tables.of(table), new byte[0], (key, row) -> rows.add(table + " "
                        + HexFormat.of().formatHex(key) + " = " + HexFormat.of().formatHex(row)));
            }
        } catch (RocksDBException e) {
            throw new StorageException("Reading all rows", e);
        }
        return rows;
    }
}
