package dev.manicule.server.ledger;

import org.rocksdb.RocksDBException;

/** The disk or the tables on it failed while the server ran. Nothing that had been acknowledged is affected. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StorageException(String message) {
        super(message);
    }

    StorageException(String doing, RocksDBException cause) {
        super(doing + ": " + cause.getMessage(), cause);
    }
}
