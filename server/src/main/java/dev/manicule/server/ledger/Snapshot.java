package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Tables that are not written: a copy of those of a server, or a backup. For one thread. */
public final class Snapshot implements AutoCloseable {
    final Tables tables;
    private final @Nullable DataFolder folder;

    private Snapshot(Tables tables, @Nullable DataFolder folder) {
        this.tables = tables;
        this.folder = folder;
    }

    /**
     * Opens tables of the present format.
     *
     * @param folder that of the tables themselves
     * @throws DataFolderException when they can't be opened
     */
    public static Snapshot open(Path folder) throws DataFolderException {
        return new Snapshot(Tables.openReadOnly(folder), null);
    }

    /**
     * Opens the tables of a data folder on which no server runs, and keeps servers away meanwhile.
     *
     * @throws DataFolderException when one runs, or they can't be opened
     */
    public static Snapshot openData(Path data) throws DataFolderException {
        DataFolder folder = DataFolder.take(data);
        try {
            if (folder.format() != DataFolder.FORMAT) {
                throw new DataFolderException("The data in " + data.toAbsolutePath().normalize()
                        + " is of an earlier format: start a server on it once, which upgrades it.");
            }
            return new Snapshot(Tables.openReadOnly(folder.tables()), folder);
        } catch (DataFolderException e) {
            folder.close();
            throw e;
        }
    }

    /** The highest timetoken of any command. */
    public long lastTimetoken() {
        try {
            return State.lastTimetoken(tables);
        } catch (RocksDBException e) {
            throw new StorageException("Reading the last timetoken", e);
        }
    }

    /** Which rows of a channel count: neither those that were deleted nor those that are too old. */
    Visible visible(Channel channel) {
        return tables.state().visible(channel);
    }

    /** Gets a row; an exception ends the walk. */
    interface Visitor {
        void row(byte[] key, byte[] value) throws RocksDBException;
    }

    /** Passes on the rows of a table from a key on, in order, as long as their keys begin so. */
    void walk(ColumnFamilyHandle table, byte[] from, byte[] beginning, Visitor visitor) throws RocksDBException {
        try (ReadOptions options = new ReadOptions().setFillCache(false);
                RocksIterator rows = tables.db.newIterator(table, options)) {
            for (rows.seek(from); rows.isValid() && Keys.startsWith(rows.key(), beginning); rows.next()) {
                visitor.row(rows.key(), rows.value());
            }
            rows.status();
        }
    }

    /** About how many rows a table has. */
    long size(ColumnFamilyHandle table) throws RocksDBException {
        return tables.db.getLongProperty(table, "rocksdb.estimate-num-keys");
    }

    @Override
    public void close() {
        tables.abandon();
        if (folder != null) {
            folder.close();
        }
    }
}
