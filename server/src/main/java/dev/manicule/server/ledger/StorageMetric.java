package dev.manicule.server.ledger;

/** What RocksDB says of itself, over all tables. */
public enum StorageMetric {
    /** What has been written and is not in a file of its own yet. */
    MEMTABLE_BYTES("rocksdb.cur-size-all-mem-tables", "memtable_bytes", "What is written and still in memory."),
    /** All files of tables. */
    SST_BYTES("rocksdb.total-sst-files-size", "sst_bytes", "The files of the tables."),
    /** What would be left of the files if all of it were compacted now. */
    LIVE_BYTES("rocksdb.estimate-live-data-size", "live_bytes", "About what of the files is not outdated."),
    /** About how many rows there are. */
    KEYS("rocksdb.estimate-num-keys", "keys", "About how many rows there are."),
    /** What was left for compaction to do. */
    PENDING_COMPACTION_BYTES("rocksdb.estimate-pending-compaction-bytes", "pending_compaction_bytes",
            "About what compaction has left to do."),
    /** Compactions that go on. */
    RUNNING_COMPACTIONS("rocksdb.num-running-compactions", "running_compactions", "Compactions that go on."),
    /** Memory that is written into files. */
    RUNNING_FLUSHES("rocksdb.num-running-flushes", "running_flushes", "Flushes that go on."),
    /** Whether writes are refused. */
    WRITES_STOPPED("rocksdb.is-write-stopped", "writes_stopped", "More than 0 while RocksDB takes no writes."),
    /** What it could not do behind the scenes. */
    BACKGROUND_ERRORS("rocksdb.background-errors", "background_errors", "What went wrong behind the scenes.");

    final String property;
    private final String metric;
    private final String help;

    StorageMetric(String property, String metric, String help) {
        this.property = property;
        this.metric = metric;
        this.help = help;
    }

    /** What metrics call it. */
    public String metric() {
        return metric;
    }

    /** A sentence on what it is. */
    public String help() {
        return help;
    }
}
