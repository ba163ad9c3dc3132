package dev.manicule.server.ledger;

import org.rocksdb.ColumnFamilyHandle;

/**
 * The rows of a table from one key on and below another.
 *
 * @param below the first key that is not in it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record KeyRange(ColumnFamilyHandle table, byte[] from, byte[] below) {}
