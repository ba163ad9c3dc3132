package dev.manicule.server.ledger;

import dev.manicule.server.json.JsonWriter;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Rows of one kind. One class, which {@link Tables#FAMILIES} lists, has all knowledge of them: their keys, the form of
 * their rows, what puts, reads and removes them, what can be wrong with them, and how they are exported.
 *
 * @param table the table that they are in
 * @param beginning the prefix of their keys, where a table has several kinds
 * @param inspectors makes the inspector of all of them, for one inspection
 * @param exported how they are exported; null when they are not
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Family(String table, byte[] beginning, Function<IntegrityCheck, Inspector> inspectors,
        @Nullable Exported exported) {
    /** All keys begin with it. */
    static final byte[] ALL = {};

    /** One that is not exported. */
    Family(String table, byte[] beginning, Function<IntegrityCheck, Inspector> inspectors) {
        this(table, beginning, inspectors, null);
    }

    /** Gets each row of an inspection, in order. It throws when a row makes no sense. */
    @FunctionalInterface
    interface Inspector {
        /** Looks at a row. */
        void row(byte[] key, byte[] row) throws RocksDBException;

        /** All rows have been passed. */
        default void end() {}
    }

    /** Lines of an export, one for each row. */
    interface Exported {
        /** The name of the kind in the lines. */
        String kind();

        /** The members that a line can have. Those of which JSON may be the value can have {@code Text} behind their names. */
        Set<String> members();

        /** The key of the row that a line is of. */
        byte[] key(ExportLine line);

        /** The line of a row; null when there is none, because no read shows the row any more. */
        @Nullable
        JsonWriter line(byte[] key, byte[] row, Export export) throws RocksDBException;

        /**
         * Puts what a line says into the tables.
         *
         * @return whether it is new
         * @throws IllegalArgumentException when it makes no sense, in words
         */
        boolean take(ExportLine line, Import into, Transaction transaction) throws RocksDBException;
    }
}
