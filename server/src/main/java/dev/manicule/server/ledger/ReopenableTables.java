package dev.manicule.server.ledger;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The tables of a folder, which may be closed and reopened while other threads read: RocksDB accepts no more writes
 * once one has failed. A thread that uses them holds them open meanwhile; any thread may use them. One thread at a time
 * reopens them.
 *
 * <p>Reopened tables lack what had not been written out, so they are closed to readers until readers are admitted.
 * Readers wait a little for that, and then fail: no lock is held meanwhile.
 */
final class ReopenableTables implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);

    private final DataFolder folder;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** Null when they could not be reopened. Changed under the lock. */
    private volatile @Nullable Tables tables;
    private final ReentrantLock admission = new ReentrantLock();
    private final Condition changed = admission.newCondition();
    /** Whether readers may use them. Taken away under the lock. */
    private volatile boolean isAdmitting = true;
    /** Whether a reader has waited for the maximum time since they were closed to readers. */
    private volatile boolean isPatienceOver;

    ReopenableTables(DataFolder folder, Tables tables) {
        this.folder = folder;
        this.tables = tables;
    }

    /** Something that is done with the tables. */
    interface Use<T> {
        T with(Tables tables) throws RocksDBException;
    }

    /**
     * Reads the tables, which stay open meanwhile.
     *
     * @param doing what is done, for the exception
     * @throws StorageException also when they are closed to readers, and stay so
     */
    <T> T use(String doing, Use<T> use) {
        while (true) {
            awaitAdmission();
            lock.readLock().lock();
            try {
                if (isAdmitting) {
                    return with(doing, use);
                }
            } finally {
                lock.readLock().unlock();
            }
        }
    }

    /** Does something with the tables as they are, which stay open meanwhile; also when they are closed to readers. */
    <T> T hold(String doing, Use<T> use) {
        lock.readLock().lock();
        try {
            return with(doing, use);
        } finally {
            lock.readLock().unlock();
        }
    }

    private <T> T with(String doing, Use<T> use) {
        try {
            return use.with(present());
        } catch (RocksDBException e) {
            throw new StorageException(doing, e);
        }
    }

    private void awaitAdmission() {
        if (isAdmitting) {
            return;
        }
        boolean isInterrupted = false;
        admission.lock();
        try {
            long left = PATIENCE;
            while (!isAdmitting && !isPatienceOver && left > 0 && !isInterrupted) {
                Tables _ = present(); // fails without a wait when they could not be opened
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    isInterrupted = true;
                }
            }
            if (!isAdmitting) {
                isPatienceOver |= !isInterrupted;
                changed.signalAll();
                throw new StorageException(
                        "The tables are being opened anew after the disk has failed, and can't be read yet");
            }
        } finally {
            admission.unlock();
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
     * Reopens them, if the disk can be written again; otherwise they stay as they are, so that they can still be read.
     * Afterwards they are closed to readers until {@link #admit}: what had not been written out is missing.
     *
     * @throws DataFolderException when the disk can't be written, or the tables can't be opened
     */
    void reopen() throws DataFolderException {
        folder.probe();
        lock.writeLock().lock();
        try {
            isPatienceOver &= !isAdmitting;
            isAdmitting = false;
            Tables broken = tables;
            tables = null;
            if (broken != null) {
                broken.abandon();
            }
            tables = Tables.open(folder);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Admits readers to reopened tables. */
    void admit() {
        admission.lock();
        try {
            isAdmitting = true;
            changed.signalAll();
        } finally {
            admission.unlock();
        }
    }

    /** Whether readers may use them. */
    boolean isAdmitting() {
        return isAdmitting;
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
            admit();
        }
    }
}
