package dev.manicule.server.ledger;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.Tick;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.files.FileFault;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * The tables of a folder: opens them, changes them in transactions, commits, and reopens them after the disk has
 * failed. The {@link Rules} decide the outcome of a command.
 *
 * <p>{@link #apply} is a function of the tables, the command and its timetoken, and of nothing else: no clock, no
 * randomness. The same commands in the same order give the same tables and the same outcomes. Commands are applied to a
 * {@link Transaction}; readers see nothing of them, and no outcome or event may be delivered, before {@link #commit}
 * has returned. The tables are a copy of what the log says, as of {@link #applied}.
 *
 * <p>Threads: transactions, {@code apply} and {@code commit} belong to one thread, the journal's. {@link #reads()} is for
 * all.
 */
public final class Ledger implements AutoCloseable {
    /** The folder of the log, in a data folder. */
    public static final String LOG_FOLDER = "log";
    private static final int MOST_FILES = 1_000;
    /** The version of the rules that is in force when no entry has required a later one. */
    public static final int FIRST_RULES = RuleBook.FIRST;
    /** The newest version of the rules that this build knows. */
    public static final int RULES = RuleBook.PRESENT.newest();
    /** Some ten milliseconds of work. */
    private static final int ROWS_AT_ONCE = 1_000;
    /** The outcome of a presence report by a process that is not the node, or not yet. */
    public static final Unavailable NOT_THE_NODE = new Unavailable("This process is not the node: nothing was done.",
            false);
    /** The most actions a message may have (the protocol's limits page). */
    public static final int MAX_ACTIONS_PER_MESSAGE = 25_000;

    private final DataFolder folder;
    private final ReopenableTables tables;
    private final ChannelVersions versions = new ChannelVersions();
    private final LedgerReader reads;
    private final RuleBook book;
    private final WriteOptions unlogged;
    private final CompactRangeOptions freeing = new CompactRangeOptions().setExclusiveManualCompaction(false);
    private final long markedTime;
    /** Removes rows; belongs to the thread that commits. Made anew with the tables. */
    private volatile Removal removal;
    /** Whether a sweep is to begin. */
    private volatile boolean isSweepDue;

    private Ledger(DataFolder folder, Tables tables, RuleBook book) {
        this.book = book;
        unlogged = new WriteOptions().setDisableWAL(true);
        this.folder = folder;
        this.tables = new ReopenableTables(folder, tables);
        reads = new LedgerReader(this.tables, versions);
        removal = new Removal(tables, tables.state());
        markedTime = folder.marked()[1];
    }

    /**
     * Opens the ledger in a folder, making it where there is none. The caller then applies what the log has and the
     * tables have not.
     *
     * @throws DataFolderException when another server uses the folder; when it can't be read or written; when it holds
     *         something else, damaged tables, half an import, or tables whose rules only a newer version knows
     */
    public static Ledger open(Path path) throws DataFolderException {
        return open(path, RuleBook.PRESENT);
    }

    /** The same with other rules. */
    static Ledger open(Path path, RuleBook book) throws DataFolderException {
        return open(path, book, false);
    }

    /** Opens it for an import, which continues an interrupted one. */
    public static Ledger openToImport(Path path) throws DataFolderException {
        return open(path, RuleBook.PRESENT, true);
    }

    private static Ledger open(Path path, RuleBook book, boolean isToImport) throws DataFolderException {
        DataFolder folder = DataFolder.take(path);
        try {
            return new Ledger(folder, tables(folder, book, isToImport), book);
        } catch (DataFolderException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Refuses a folder that opening would upgrade: a check or a copy must not upgrade it.
     *
     * @throws DataFolderException when its tables are of an earlier format
     */
    public static void refuseEarlierFormat(Path path) throws DataFolderException {
        int format = DataFolder.format(path);
        if (format > 0 && format < DataFolder.FORMAT) {
            throw new DataFolderException("The data in " + path.toAbsolutePath().normalize()
                    + " is of an earlier format, "
                    + format + ", and this version's is " + DataFolder.FORMAT
                    + ". Nothing was changed. Use the version of Manicule that made it, or copy the folder while no server"
                    + " runs on it; a server of this version upgrades it when it starts.");
        }
    }

    /** Whether a server, or a command, uses the data folder now. */
    public static boolean isInUse(Path path) {
        return DataFolder.isInUse(path);
    }

    /** The tables of a folder, made or upgraded if need be. */
    private static Tables tables(DataFolder folder, RuleBook book, boolean isToImport) throws DataFolderException {
        Tables tables = Tables.openFirst(folder);
        try {
            if (!isToImport) {
                refuseHalfImport(tables, folder);
            }
            if (folder.format() > 0 && folder.format() < DataFolder.FORMAT) {
                Upgrade.upgrade(tables, folder.format());
            }
            if (folder.format() < DataFolder.FORMAT) {
                folder.markMade(DataFolder.FORMAT);
            }
            book.check(tables.state().rules());
            return tables;
        } catch (UnknownRulesException e) {
            tables.close();
            throw new DataFolderException(e.getMessage() + " Nothing was changed.", e);
        } catch (StorageException e) {
            tables.close();
            throw new DataFolderException(e.getMessage() + ": nothing was lost; mend the disk and start again.", e);
        } catch (DataFolderException e) {
            tables.close();
            throw e;
        }
    }

    private static void refuseHalfImport(Tables tables, DataFolder folder) throws DataFolderException {
        try {
            String source = Import.notEnded(tables);
            if (source != null) {
                throw new DataFolderException("An import of " + source + " into " + folder.tables().getParent()
                        + " was cut short: not all of it is there. Nothing was changed. Run the same \"manicule import\" again,"
                        + " which goes on; or restore a backup.");
            }
        } catch (RocksDBException e) {
            throw new StorageException("Reading which imports have ended", e);
        }
    }

    /** How many files the tables have open at most. */
    static int openFiles() {
        return (int) Math.min(MOST_FILES, allowedFiles() / 2);
    }

    /** How many files the process may have open besides those of the tables. */
    public static long filesLeft() {
        return allowedFiles() - openFiles();
    }

    private static long allowedFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }

    /** The newest version of the rules that these tables can be given. */
    public int newestRules() {
        return book.newest();
    }

    /** The reads; each read sees all that was committed before it began. */
    public LedgerReader reads() {
        return reads;
    }

    /** Where the log of this ledger is. */
    public Path logFolder() {
        return folder.log();
    }

    /** Whether there is a log and the tables know how much of it they have applied. */
    public boolean hasLog() {
        return tables.present().state().applied() != State.NO_LOG;
    }

    /** The id of the log that the tables follow; empty when none is known. */
    public OptionalLong logId() {
        return number(State.LOG_ID);
    }

    /** Whether nodes share the log that the tables follow: then brokers hold it, and not the folder. */
    public boolean isLogShared() {
        return keepsDigests() && !isLogToBegin();
    }

    /** Whether a new log is to begin at {@link #applied}, whatever log exists. */
    public boolean isLogToBegin() {
        return number(State.LOG_TO_BEGIN).isPresent();
    }

    private OptionalLong number(byte[] key) {
        return tables.hold("Reading which log the tables follow", open -> {
            byte[] row = open.db.get(open.of(Tables.META), key);
            return row == null ? OptionalLong.empty() : OptionalLong.of(Keys.number(row));
        });
    }

    /**
     * Notes, durably, that the tables need nothing of the existing log, and that a new one is to begin. What is stored
     * without a log comes after it, so that older tables can't be taken for the present ones.
     */
    public void leaveLog() {
        leaveLog(transaction());
    }

    /** The same before an import. Until that has ended, nothing else opens the tables, or a copy of them. */
    public void leaveLog(Import lines) {
        Transaction transaction = transaction();
        lines.begin(transaction);
        leaveLog(transaction);
    }

    private void leaveLog(Transaction transaction) {
        transaction.put(transaction.tables().of(Tables.META), State.LOG_TO_BEGIN, Keys.number(applied()));
        Digests.end(transaction);
        commit(transaction);
        flush();
    }

    /** Notes, durably, which log the tables follow from now on, at {@link #applied}. */
    public void followLog(long id) {
        Transaction transaction = transaction();
        if (!hasLog()) {
            transaction.beginAt(0);
        }
        transaction.put(transaction.tables().of(Tables.META), State.LOG_ID, Keys.number(id));
        transaction.delete(transaction.tables().of(Tables.META), State.LOG_TO_BEGIN);
        commit(transaction);
        flush();
    }

    /** Notes, durably, that the tables follow a log from now on, at {@link #applied}, that no other node has. */
    public void followOwnLog(long id) {
        if (keepsDigests()) {
            Transaction transaction = transaction();
            Digests.end(transaction);
            commit(transaction);
        }
        followLog(id);
        readDigests();
    }

    /**
     * Notes, durably, that the tables are the result of the entries of a log below an offset, and follow that log from
     * there on.
     *
     * @param offset the offset of its next entry that is to be applied
     */
    public void followLog(long id, long offset) {
        Transaction transaction = transaction();
        transaction.beginAt(offset);
        commit(transaction);
        followLog(id);
    }

    /**
     * Has the tables keep digests of the entries of the log, which other nodes have too, durably, from now on. Call
     * this before anything is applied.
     *
     * @param isBegin whether all nodes begin with the present state of these tables
     */
    public void keepDigests(boolean isBegin) {
        Transaction transaction = transaction();
        if (isBegin) {
            Digests.begin(transaction);
        } else {
            Digests.beginLater(transaction);
        }
        commit(transaction);
        flush();
        readDigests();
    }

    private void readDigests() {
        boolean _ = tables.hold("Reading what the log has led to", open -> {
            open.state().set(Digests.of(open));
            return true;
        });
    }

    /** Whether the tables keep digests of the entries of the log. */
    public boolean keepsDigests() {
        return tables.present().state().digests() != null;
    }

    /** How far the tables are, and the digest of the log. Any thread may call this. */
    public ReportNode.Reached reached() {
        Digests digests = tables.present().state().digests();
        return digests == null ? new ReportNode.Reached(applied(), EntryDigests.NO_FORM, 0) : digests.reached();
    }

    /** Compares the digest of another node with the digest of this node. Any thread may call this. */
    public Likeness compare(ReportNode.Reached other) {
        Digests digests = tables.present().state().digests();
        return digests == null ? Likeness.UNKNOWN : digests.compare(other);
    }

    /**
     * Notes, durably, that the tables differ from those of other nodes: no node is to begin with them.
     *
     * @param words how they differ, in sentences
     */
    public void markDiffering(String words) {
        try {
            folder.markDiffering(words);
        } catch (IOException e) {
            throw new StorageException("Noting that the tables differ: " + e.getMessage());
        }
    }

    /**
     * Refuses a data folder whose tables are not what other nodes have. Opens nothing.
     *
     * @throws DataFolderException when they were found to differ
     */
    public static void refuseDiffering(Path path) throws DataFolderException {
        Path said = DataFolder.differing(path);
        if (!Files.exists(said)) {
            return;
        }
        String words;
        try {
            words = Files.readString(said).strip();
        } catch (IOException e) {
            words = "This node's tables differ from those of others.";
        }
        throw new DataFolderException(words + " The folder is not used again as it is, and nothing in it was changed."
                + " \"manicule cluster checkpoint\" puts a copy of another node's tables in their place; keep a copy of the folder if what went wrong is to be found out. If these are the tables"
                + " to trust, delete the file " + said + " and start this node before the others.");
    }

    /** The offset of the log's next entry that is to be applied. */
    public long applied() {
        return Math.max(tables.present().state().applied(), 0);
    }

    /**
     * Writes all that is committed to the disk before it returns. Any thread may call this, also concurrently with
     * {@link #recover}.
     *
     * @return the offset below which the tables on the disk have all entries of the log
     * @throws StorageException when the disk failed
     */
    public long flush() {
        return tables.hold("Writing the tables out", open -> {
            long applied = open.state().applied(); // of these tables, and read first: more may be committed meanwhile
            open.flush();
            return Math.max(applied, 0);
        });
    }

    /**
     * Compares the tables, once all of the log is applied, with the noted last timetoken.
     *
     * @throws DataFolderException when something is missing at the end
     */
    public void checkReached() throws DataFolderException {
        folder.checkReached(lastTimetoken());
    }

    /** Notes, durably, that the tables have all of the log, and nothing is appended to it any more. */
    public void markStopped() {
        try {
            folder.markStopped(applied());
        } catch (IOException e) {
            throw new StorageException("Noting that all is in the tables: " + FileFault.reason(e));
        }
    }

    /** Notes, durably, that the log may get entries that the tables lack. */
    public void markStarted() {
        try {
            folder.markStarted();
        } catch (IOException e) {
            throw new StorageException("Noting that the log goes on: " + FileFault.reason(e));
        }
    }

    /** Whether the tables certainly have all of the log, since they are those of a clean stop. */
    public boolean isStopped() {
        return hasLog() && folder.stoppedAt() == applied() && folder.marked()[0] <= lastTimetoken();
    }

    /** The highest timetoken of any command that was ever committed, 0 when there was none. */
    public long lastTimetoken() {
        return tables.present().state().lastTimetoken();
    }

    /** A new transaction on top of all that is committed. */
    public Transaction transaction() {
        Tables present = tables.present();
        return new Transaction(present, present.state(), versions, book);
    }

    /**
     * Applies a command to a transaction.
     *
     * @param timetoken the command's own, higher than that of any command before
     */
    @SuppressWarnings("unchecked") // each kind of command goes to the method that returns its own kind of outcome
    public <O extends Outcome> O apply(Command<O> command, long timetoken, Transaction transaction) {
        try {
            return (O) transaction.rules().decide(command, timetoken);
        } catch (RocksDBException e) {
            throw new StorageException("Applying a command", e);
        }
    }

    /**
     * Rejects a version of the rules that this build lacks.
     *
     * @throws UnknownRulesException when it is a later one
     */
    public static void requireRules(int version) {
        RuleBook.PRESENT.check(version);
    }

    /**
     * Applies an entry of the log to a transaction, at the next timetoken: after that of the entry before, after the
     * time that the submitting node has given to clients, and no earlier than the log's time. A presence report that
     * comes behind a later one of its node, or that is of an earlier start of the node, does nothing. The first entry
     * that requires a higher version of the rules puts that version in force.
     *
     * @param offset the entry's own, the one after that of the entry before
     * @param logTime the log's time, in 100 ns
     * @throws UnknownRulesException when this build lacks the rules that the entry requires; nothing of it is in the
     *         transaction then
     */
    public Outcome apply(Entry entry, long offset, long logTime, Transaction transaction) {
        transaction.putInForce(entry.rules());
        long timetoken = Math.max(transaction.lastTimetoken() + 1, Math.max(logTime, entry.notBefore() + 1));
        Outcome outcome = withoutEffect(entry, timetoken, transaction);
        if (outcome == null) {
            outcome = apply(entry.command(), timetoken, transaction);
        } else {
            Tick.Outcome _ = apply(new Tick(), timetoken, transaction);
        }
        transaction.ended(offset, timetoken, outcome);
        return outcome;
    }

    /**
     * The outcome of a presence report that does nothing: it comes through the log behind a later one of its node, or
     * from a process that is not the node. Null for any other entry. A new process first reports itself; so what is
     * rejected here is from a process that has ended, or is to end.
     */
    private static @Nullable Outcome withoutEffect(Entry entry, long timetoken, Transaction transaction) {
        try {
            if (!(entry.command() instanceof ChangePresence report) || report.node() == ChangePresence.ONLY_NODE) {
                return null;
            }
            if (!Nodes.isProcess(report.node(), entry.operation().node(), transaction)) {
                return NOT_THE_NODE;
            }
            return LastReports.take(report.node(), entry.operation(), transaction)
                    ? null
                    : new ChangePresence.PresenceChanged(timetoken);
        } catch (RocksDBException e) {
            throw new StorageException("Applying a command", e);
        }
    }

    /**
     * Takes an entry of the log for applied, without anything that its command does.
     *
     * @param offset as in {@link #apply(Entry, long, long, Transaction)}
     * @throws UnknownRulesException when this build lacks the rules that the entry requires
     */
    public void skip(Entry entry, long offset, Transaction transaction) {
        transaction.putInForce(entry.rules());
        transaction.skip(offset);
    }

    /** Notes in a transaction that clients received this time, so that no later command gets a lower timetoken. */
    public void remember(long timetoken, Transaction transaction) {
        transaction.reached(timetoken);
    }

    /**
     * Makes all of the transaction visible, all or nothing. It is durable because it can be repeated from the log; a
     * transaction that does not come from a log is durable after {@link #flush}.
     *
     * @throws StorageException when the disk failed: {@link #recover}, before which nothing more can be committed
     */
    public void commit(Transaction transaction) {
        try {
            transaction.write(unlogged);
        } catch (RocksDBException e) {
            throw new StorageException("Committing", e);
        }
    }

    /**
     * Reopens the tables after a commit has failed, if the disk can be written again. What was committed and not
     * written out is missing then, and {@link #applied} says from which offset on the log is to be applied again.
     * Readers may read the old tables until then; the reopened tables are closed to readers until
     * {@link #admitReaders}, or readers would see the past.
     *
     * @throws StorageException when the disk still fails
     */
    public void recover() {
        try {
            tables.reopen();
        } catch (DataFolderException e) {
            throw new StorageException(String.valueOf(e.getMessage()));
        }
        versions.renew();
        removal.close();
        Tables present = tables.present();
        removal = new Removal(present, present.state());
    }

    /** Admits readers again, once what was missing after {@link #recover} is there. Any thread may call this. */
    public void admitReaders() {
        tables.admit();
    }

    /** Whether readers have to wait for {@link #admitReaders}. Any thread may call this. */
    public boolean isClosedToReaders() {
        return !tables.isAdmitting();
    }

    /** The timetoken at which a {@link Tick} is needed at the latest for what is due. Any thread may call this. */
    public long due() {
        return tables.present().state().nextExpiry();
    }

    /** The timetoken at which an {@link ExpireActions} may find something. Any thread may call this. */
    public long actionsDue() {
        return tables.present().state().nextActionExpiry();
    }

    /** The retention of a keyset, in 100 ns; {@link Retain#FOREVER}. Any thread may call this. */
    public long retention(String keyset) {
        return tables.present().state().horizons().of(keyset).steps();
    }

    /** Schedules the removal of rows that are too old. Any thread may call this. */
    public void sweep() {
        isSweepDue = true;
    }

    /** How many deletions have rows to remove. For the thread that commits. */
    public int deletionsPending() {
        return tables.present().state().deletions().size();
    }

    /** Whether {@link #removeRows} has something to do. For the thread that commits. */
    public boolean hasRowsToRemove() {
        return isSweepDue || removal.hasWork();
    }

    /**
     * Removes some rows of what is deleted or too old, which no read shows. For the thread that commits.
     *
     * @return whether there are more
     * @throws StorageException when the disk failed; nothing is in doubt then
     */
    public boolean removeRows() {
        if (isSweepDue) {
            isSweepDue = false;
            removal.sweep();
        }
        try {
            return removal.slice(ROWS_AT_ONCE, lastTimetoken());
        } catch (RocksDBException e) {
            throw new StorageException("Removing rows", e);
        }
    }

    /**
     * Gives all messages their numbers anew, after some were stored between others. For the thread that commits.
     *
     * @throws StorageException when the disk failed
     */
    void numberMessages() {
        boolean _ = tables.hold("Numbering the messages", open -> {
            MessageNumbers.begin(open, unlogged);
            return true;
        });
    }

    /** Whether {@link #freeRoom} has something to do. Any thread may ask. */
    public boolean hasRoomToFree() {
        return removal.hasRoomToFree();
    }

    /**
     * Frees the disk space that large deletions have left. Takes seconds; {@link #endFreeing} ends it. Any thread may
     * call this, one at a time.
     */
    public void freeRoom() {
        boolean _ = tables.hold("Freeing room", open -> {
            removal.free(open, freeing);
            return true;
        });
    }

    /** Stops {@link #freeRoom} from now on: the tables are to be closed. */
    public void endFreeing() {
        CompactRangeOptions _ = freeing.setCanceled(true);
    }

    /**
     * Notes outside of the tables their last timetoken, so that the next opening detects a missing end; and the time.
     * Any thread may call this.
     */
    public void mark(long now) {
        try {
            folder.mark(lastTimetoken(), now);
        } catch (IOException e) {
            throw new StorageException("Noting how far the tables have come: " + e.getMessage());
        }
    }

    /** The last time that {@link #mark} had noted when this ledger was opened, 0 when none was. */
    public long markedTime() {
        return markedTime;
    }

    /**
     * Makes a read-only copy of the tables as they are now. On the same file system it takes no space: files are
     * linked, and no file is ever changed. Any thread may call this.
     *
     * @param folder where to make it; must not be there
     */
    public void copyTables(Path folder) {
        boolean _ = tables.use("Copying the tables to " + folder, open -> {
            try (Checkpoint checkpoint = Checkpoint.create(open.db)) {
                copyTo(folder.toAbsolutePath(), checkpoint);
            }
            return true;
        });
    }

    private static void copyTo(Path folder, Checkpoint checkpoint) throws RocksDBException {
        try (TablesName name = TablesName.of(folder)) {
            checkpoint.createCheckpoint(name.toString());
        } catch (IOException e) {
            throw new StorageException("Copying the tables to " + folder + ": " + e.getMessage());
        }
    }

    /** A metric of RocksDB now; not a number when it can't be read. Any thread may call this. */
    public double metric(StorageMetric figure) {
        try {
            return tables.use("Asking for " + figure.property,
                    open -> (double) open.db.getAggregatedLongProperty(figure.property));
        } catch (StorageException e) {
            return Double.NaN;
        }
    }

    /** The free space on the disk of the tables, in bytes. Any thread may call this. */
    public double freeBytes() {
        return folder.freeBytes();
    }

    @Override
    public void close() {
        try {
            tables.close();
        } finally {
            removal.close();
            unlogged.close();
            freeing.close();
            folder.close();
        }
    }
}
