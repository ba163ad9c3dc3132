package dev.manicule.server.ledger;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The tables of a folder, which may be closed and opened anew while others read: RocksDB takes no more writes once one has
 * failed. Who reads holds them open meanwhile; any thread may. Opening anew belongs to the one thread that writes.
 */
final class OpenTables implements AutoCloseable {
    private final DataFolder folder;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** Null when they could not be opened anew. Changed under the lock. */
    private volatile @Nullable Tables tables;

    OpenTables(DataFolder folder, Tables tables) {
        this.folder = folder;
        this.tables = tables;
    }

    /** Something that is done with the tables. */
    interface Use<T> {
        T with(Tables tables) throws RocksDBException;
    }

    /**
     * Does something with the tables, which stay open meanwhile.
     *
     * @param doing what is done, for the exception
     */
    <T> T use(String doing, Use<T> use) {
        lock.readLock().lock();
        try {
            return use.with(present());
        } catch (RocksDBException e) {
            throw new StorageException(doing, e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The tables, for the thread that writes. */
    Tables present() {
        Tables present = tables;
        if (present == null) {
            throw new StorageException("The tables are closed: the disk has failed, or the server stops");
        }
        return present;
    }

    /**
     * Opens them anew, if the disk can be written again; else they stay as they are, so that they can still be read. Afterwards
     * others wait until {@link #admit}: what had not been written out is missing.
     *
     * @throws DataFolderException when the disk can't be written, or the tables can't be opened
     */
    void reopen() throws DataFolderException {
        folder.probe();
        if (!lock.isWriteLockedByCurrentThread()) {
            lock.writeLock().lock();
        }
        Tables broken = tables;
        tables = null;
        if (broken != null) {
            broken.abandon();
        }
        tables = Tables.open(folder);
    }

    /** Lets others use them again that were opened anew. */
    void admit() {
        if (lock.isWriteLockedByCurrentThread()) {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (tables != null) {
                Tables closing = tables;
                tables = null; // later calls get the reason
                closing.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
