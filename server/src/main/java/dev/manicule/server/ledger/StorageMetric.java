package dev.manicule.server.ledger;

/** Metrics of RocksDB, over all tables. */
public enum StorageMetric {
    /** Data that was written and is not in a file of its own yet. */
    MEMTABLE_BYTES("rocksdb.cur-size-all-mem-tables", "memtable_bytes", "Bytes in memtables."),
    /** All files of tables. */
    SST_BYTES("rocksdb.total-sst-files-size", "sst_bytes", "Bytes of the table files."),
    /** The size that the files would have if all of them were compacted now. */
    LIVE_BYTES("rocksdb.estimate-live-data-size", "live_bytes", "Live bytes of the table files, estimated."),
    /** About how many rows there are. */
    KEYS("rocksdb.estimate-num-keys", "keys", "Rows, estimated."),
    /** The bytes that compaction still has to rewrite. */
    PENDING_COMPACTION_BYTES("rocksdb.estimate-pending-compaction-bytes", "pending_compaction_bytes",
            "Bytes that compaction has still to rewrite, estimated."),
    /** Running compactions. */
    RUNNING_COMPACTIONS("rocksdb.num-running-compactions", "running_compactions", "Running compactions."),
    /** Memory that is written into files. */
    RUNNING_FLUSHES("rocksdb.num-running-flushes", "running_flushes", "Running flushes."),
    /** Whether writes are refused. */
    WRITES_STOPPED("rocksdb.is-write-stopped", "writes_stopped", "1 while RocksDB takes no writes, else 0."),
    /** The errors of work in the background. */
    BACKGROUND_ERRORS("rocksdb.background-errors", "background_errors", "Internal errors of RocksDB.");

    final String property;
    private final String metric;
    private final String help;

    StorageMetric(String property, String metric, String help) {
        this.property = property;
        this.metric = metric;
        this.help = help;
    }

    /** Its name as a metric. */
    public String metric() {
        return metric;
    }

    /** A sentence on what it is. */
    public String help() {
        return help;
    }
}
