package dev.manicule.bench.sizing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * The tables of a server that has stopped, rewritten whole: what they take when RocksDB has nothing left to do.
 *
 * @param bytes of each table that has any
 * @param readers bytes of memory for the indexes and filters of all files, once each was read
 */
record TableFiles(Map<String, Long> bytes, long readers) {
    /** Opens, compacts and measures them. */
    static TableFiles compacted(Path tables) throws IOException {
        RocksDB.loadLibrary();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        // the settings of the server that determine what is written
        try (Options plain = new Options();
                BloomFilter filter = new BloomFilter(10, false);
                ColumnFamilyOptions columns = new ColumnFamilyOptions()
                        .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(filter).setFormatVersion(6))
                        .setCompressionType(CompressionType.LZ4_COMPRESSION);
                DBOptions options = new DBOptions();
                CompactRangeOptions whole = new CompactRangeOptions()
                        .setBottommostLevelCompaction(BottommostLevelCompaction.kForce)) {
            List<ColumnFamilyDescriptor> families = RocksDB.listColumnFamilies(plain, tables.toString())
                    .stream()
                    .map(name -> new ColumnFamilyDescriptor(name, columns))
                    .toList();
            Map<String, Long> bytes = new LinkedHashMap<>();
            long readers = 0;
            try (RocksDB db = RocksDB.open(options, tables.toString(), families, handles)) {
                for (ColumnFamilyHandle handle : handles) {
                    db.compactRange(handle, null, null, whole);
                    long size = db.getLongProperty(handle, "rocksdb.live-sst-files-size");
                    if (size > 0) {
                        bytes.put(new String(handle.getName(), StandardCharsets.UTF_8), size);
                    }
                    readers += db.getLongProperty(handle, "rocksdb.estimate-table-readers-mem");
                }
                handles.forEach(ColumnFamilyHandle::close);
            }
            return new TableFiles(bytes, readers);
        } catch (RocksDBException e) {
            throw new IOException("Compacting " + tables, e);
        }
    }

    /** Bytes of all. */
    long all() {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }
}
