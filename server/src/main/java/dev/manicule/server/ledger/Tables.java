package dev.manicule.server.ledger;

import dev.manicule.server.files.FileFault;
import dev.manicule.server.files.Folders;
import dev.manicule.server.files.OwnerOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables, one column family of RocksDB each. They have no log of their own: what they lose in a crash is applied
 * again. {@link #FAMILIES} lists their content: each class there describes its keys and rows.
 */
final class Tables implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);
    /** Files that are no tables: logs, mostly. */
    private static final int FILES_BESIDES = 20;
    private static final long MEBIBYTE = 1 << 20;
    /** RocksDB's own first column family: values by name. */
    static final String META = "default";
    /** All kinds of rows, those that are exported in the order of their lines. A new kind is a class, and a line here. */
    static final List<Family> FAMILIES = List.of(Groups.FAMILY, FormerChannels.FAMILY, Revocations.FAMILY,
            KeyGrants.FAMILY, Horizons.FAMILY,
            State.LAST, State.OFFSET, State.RULES_IN_FORCE, Recent.FORMER, State.LOG, State.NEW_LOG, Digests.FAMILY,
            GlobalFeed.REACH,
            GlobalFeed.MARKS, StoredFiles.SUMS, Import.UNDER_WAY, Import.NOT_ENDED, Nodes.FAMILY, LastReports.FAMILY,
            Messages.FAMILY, MessageNumbers.FAMILY,
            Actions.FAMILY,
            ActionsByMessage.FAMILY, ActionsByUser.FAMILY, Feed.FAMILY, Channels.FAMILY, Recent.FAMILY,
            Deletions.FAMILY, Expiries.FAMILY, ActionExpiries.FAMILY,
            ReadMarks.FAMILY, Readers.FAMILY,
            Entities.FAMILY, EntityLists.FAMILY, Memberships.FAMILY, StoredFiles.FAMILY, FilesByChannel.FAMILY,
            FeedReaders.FAMILY, Devices.FAMILY, DevicesByChannel.FAMILY,
            GlobalFeed.FAMILY, Leases.FAMILY, Whereabouts.FAMILY);
    /** In the order of the handles. */
    static final List<String> NAMES = FAMILIES.stream().map(Family::table).distinct().toList();

    final RocksDB db;
    private final Map<String, ColumnFamilyHandle> byName = new HashMap<>();
    /** By the handle itself, whose {@code equals} would go to RocksDB. */
    private final IdentityHashMap<ColumnFamilyHandle, Integer> nameHashes = new IdentityHashMap<>();
    private final List<ColumnFamilyHandle> all;
    private volatile @Nullable State state;
    /** The objects that RocksDB needs alive as long as it is open, closed in reverse. */
    private final List<AutoCloseable> kept;

    private Tables(RocksDB db, List<ColumnFamilyHandle> handles, List<AutoCloseable> kept) {
        this.db = db;
        this.kept = kept;
        all = List.copyOf(handles);
        for (int place = 0; place < NAMES.size(); place++) {
            byName.put(NAMES.get(place), handles.get(place));
            nameHashes.put(handles.get(place), NAMES.get(place).hashCode());
        }
    }

    /** Flushes all of them, to the same point; returns when they are on the disk. */
    void flush() throws RocksDBException {
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true)) {
            db.flush(options, all);
        }
    }

    /** Passes on the rows of a table whose keys begin so, in order. */
    void walk(ColumnFamilyHandle table, byte[] beginning, Snapshot.Visitor visitor) throws RocksDBException {
        try (RocksIterator rows = db.newIterator(table)) {
            for (rows.seek(beginning); rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                if (!Keys.startsWith(key, beginning)) {
                    break;
                }
                visitor.row(key, rows.value());
            }
            rows.status();
        }
    }

    /** One of them, by its name. */
    ColumnFamilyHandle of(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    /** A number that stands for the name of a table, the same on every machine. */
    int nameHash(ColumnFamilyHandle table) {
        return Objects.requireNonNull(nameHashes.get(table));
    }

    /** The part of them that is in memory too. It is read at the first call, which may be after an upgrade. */
    State state() {
        State known = state;
        return known == null ? readState() : known;
    }

    private synchronized State readState() {
        State known = state;
        if (known == null) {
            try {
                known = State.of(this);
            } catch (RocksDBException e) {
                throw new StorageException("Reading what is deleted, and what is kept for how long", e);
            }
            state = known;
        }
        return known;
    }

    /** Opens those of a folder for writing. They are there, in the present format. */
    static Tables open(DataFolder folder) throws DataFolderException {
        return open(folder.tables(), DataFolder.FORMAT);
    }

    /** Opens those of a folder for writing for the first time, when they may have to be made, or to be upgraded. */
    static Tables openFirst(DataFolder folder) throws DataFolderException {
        try {
            if (folder.format() == 0) {
                folder.markBeingMade();
                Folders.delete(folder.tables()); // the remains of an interrupted first opening
                OwnerOnly.makeFolder(folder.tables());
            }
        } catch (IOException e) {
            throw cannotOpen(folder.tables(), e);
        }
        return open(folder.tables(), folder.format());
    }

    /** Opens tables of a format for writing; makes them when that is 0. */
    private static Tables open(Path path, int format) throws DataFolderException {
        try {
            TornLog.mend(path);
            return open(path, options -> {
                // A log that ends in half a record is what a power cut leaves, and is cut there. Damage anywhere before
                // its end would lose acknowledged writes silently in RocksDB's default mode; here it refuses to open.
                options.setCreateIfMissing(format == 0)
                        .setCreateMissingColumnFamilies(format < DataFolder.FORMAT)
                        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                        .setMaxOpenFiles(Math.max(Ledger.openFiles() - FILES_BESIDES, FILES_BESIDES))
                        .setAtomicFlush(true);
            }, RocksDB::open);
        } catch (RocksDBException | IOException e) {
            throw cannotOpen(path, e);
        }
    }

    /** Notes in the tables of a folder that a new log is to begin. Nothing else may have them open. */
    static void leaveLog(Path path) throws DataFolderException {
        try (Tables tables = open(path, DataFolder.FORMAT);
                WriteOptions unlogged = new WriteOptions().setDisableWAL(true)) {
            tables.db.put(tables.of(META), unlogged, State.LOG_TO_BEGIN, Keys.number(0));
            tables.flush();
        } catch (RocksDBException e) {
            throw cannotOpen(path, e);
        } catch (StorageException e) {
            throw new DataFolderException(e.getMessage() + ".", e);
        }
    }

    /** Opens tables that are not written, to be read only. */
    static Tables openReadOnly(Path path) throws DataFolderException {
        try {
            return open(path, options -> options.setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords),
                    RocksDB::openReadOnly);
        } catch (RocksDBException | IOException e) {
            throw cannotOpen(path, e);
        }
    }

    /** The last timetoken of tables of any format that are not written. */
    static long lastTimetoken(Path path) throws RocksDBException, IOException {
        RocksDB.loadLibrary();
        try (TablesName name = TablesName.of(path);
                Options options = new Options();
                RocksDB db = RocksDB.openReadOnly(options, name.toString())) {
            byte[] row = db.get(State.LAST_TIMETOKEN);
            return row == null ? 0 : Keys.number(row);
        }
    }

    /** Which log tables of any format follow, and how far they have come, while they are not written. */
    static TablesPlace place(Path path) throws RocksDBException, IOException {
        RocksDB.loadLibrary();
        try (TablesName name = TablesName.of(path);
                Options options = new Options();
                RocksDB db = RocksDB.openReadOnly(options, name.toString())) {
            byte[] log = db.get(State.LOG_ID);
            byte[] applied = db.get(State.APPLIED);
            return new TablesPlace(log == null ? OptionalLong.empty() : OptionalLong.of(Keys.number(log)),
                    applied == null ? 0 : Math.max(Keys.number(applied), 0));
        }
    }

    /** An exception that says why tables can't be opened. A full disk has damaged nothing. */
    static DataFolderException cannotOpen(Path path, Exception cause) {
        if (FileFault.isFull(cause)) {
            return new DataFolderException("The disk of " + path + " is full (" + cause.getMessage()
                    + "): free some of it and start again. Nothing was lost.", cause);
        }
        return new DataFolderException("Can't open the tables in " + path + " (" + cause.getMessage()
                + "): nothing was changed. If the disk damaged them, restore a backup.", cause);
    }

    /** One of RocksDB's ways to open. */
    private interface Opening {
        RocksDB open(DBOptions options, String path, List<ColumnFamilyDescriptor> families,
                List<ColumnFamilyHandle> handles) throws RocksDBException;
    }

    private static Tables open(Path path, Consumer<DBOptions> settings, Opening opening)
            throws RocksDBException, IOException {
        RocksDB.loadLibrary();
        List<AutoCloseable> kept = new ArrayList<>();
        LRUCache cache = keep(kept, new LRUCache(128 * MEBIBYTE));
        BloomFilter filter = keep(kept, new BloomFilter(10, false));
        BlockBasedTableConfig blocks = new BlockBasedTableConfig().setBlockCache(cache)
                .setFilterPolicy(filter)
                .setFormatVersion(6);
        ColumnFamilyOptions columns = keep(kept, new ColumnFamilyOptions()).setTableFormatConfig(blocks)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setWriteBufferSize(32 * MEBIBYTE)
                .setMaxWriteBufferNumber(3);
        DBOptions options = keep(kept, new DBOptions()).setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(4)
                // One thread writes, and keys of a table mostly come in their order: then putting a row into memory is
                // far cheaper where RocksDB need not reckon with several.
                .setAllowConcurrentMemtableWrite(false);
        settings.accept(options);
        List<ColumnFamilyDescriptor> families = NAMES.stream()
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), columns))
                .toList();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            return new Tables(opening.open(options, keep(kept, TablesName.of(path)).toString(), families,
                    handles), handles, kept);
        } catch (RocksDBException | IOException e) {
            close(kept);
            throw e;
        }
    }

    private static void close(List<AutoCloseable> kept) {
        for (AutoCloseable each : kept.reversed()) {
            try {
                each.close();
            } catch (Exception e) { // none of them declares any
                LOG.debug("Closing the tables", e);
            }
        }
    }

    /** Closes them although a write has failed; the failure has been reported. */
    void abandon() {
        try {
            close();
        } catch (StorageException e) {
            LOG.debug("Closing tables whose disk failed", e);
        }
    }

    @Override
    public void close() {
        try {
            db.cancelAllBackgroundWork(true);
            all.forEach(ColumnFamilyHandle::close);
            db.closeE();
        } catch (RocksDBException e) {
            throw new StorageException("Closing the tables", e);
        } finally {
            close(kept);
        }
    }

    private static <T extends AutoCloseable> T keep(List<AutoCloseable> kept, T object) {
        kept.add(object);
        return object;
    }
}
