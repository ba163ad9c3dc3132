package dev.manicule.server.journal;

import dev.manicule.server.command.Entry;
import dev.manicule.server.files.FileFault;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Import;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.ledger.UnknownRulesException;
import dev.manicule.server.log.FolderLogFiles;
import dev.manicule.server.log.LocalLog;
import dev.manicule.server.log.LocalLogOptions;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogDamagedException;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogFiles;
import dev.manicule.server.log.LogListener;
import dev.manicule.server.log.MemoryLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open content of a data folder: the log, and the ledger, which has applied all of it. When this is opened, the
 * tables also have what they lacked because the process was killed.
 */
public final class DataStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataStore.class);
    private static final int THREADS = 2;

    private final Ledger ledger;
    private final Log<Entry> log;
    private final ExecutorService background;
    private final ListenedTo listening;

    /** Observes the log as soon as there are metrics. */
    public static final class ListenedTo implements LogListener {
        private volatile LogListener listener = LogListener.NONE;

        /** A listener that passes nothing on yet. */
        public ListenedTo() {}

        @Override
        public void appended(int entries, long bytes, long nanos) {
            listener.appended(entries, bytes, nanos);
        }

        @Override
        public void outrun(long offset, long begin) {
            listener.outrun(offset, begin);
        }

        @Override
        public void replaced() {
            listener.replaced();
        }
    }

    private DataStore(Ledger ledger, Log<Entry> log, ExecutorService background, ListenedTo listening) {
        this.ledger = ledger;
        this.log = log;
        this.background = background;
        this.listening = listening;
    }

    /**
     * Opens a data folder, making it where there is none.
     *
     * @param clock gives the log its time
     * @throws DataFolderException when another server uses the folder; when it can't be read or written; when it holds
     *         something else, is damaged or has half an import; or when a newer version wrote it, whose rules this
     *         version lacks
     */
    public static DataStore open(Path path, InstantSource clock) throws DataFolderException {
        return open(path, Ledger.open(path), clock);
    }

    private static DataStore open(Path path, Ledger ledger, InstantSource clock) throws DataFolderException {
        ExecutorService background = threads();
        ListenedTo listening = new ListenedTo();
        LocalLog<Entry> log = null;
        boolean isOpen = false;
        try {
            refuseShared(path, ledger);
            log = openLog(ledger, FolderLogFiles.in(ledger.logFolder()),
                    LocalLogOptions.usual(clock, background, listening));
            catchUp(ledger, log);
            ledger.markStarted();
            log.cut();
            DataStore store = new DataStore(ledger, log, background, listening);
            isOpen = true;
            return store;
        } catch (LogException e) {
            throw refused(path, e, ledger);
        } catch (IOException e) {
            throw new DataFolderException(opening(path, e) + ". Nothing was lost; mend that and start again.", e);
        } catch (UnknownRulesException e) {
            throw new DataFolderException(e.getMessage() + " Nothing was lost.", e);
        } catch (StorageException e) {
            throw new DataFolderException(e.getMessage() + ": nothing was lost; mend the disk and start again.", e);
        } finally {
            if (!isOpen) {
                if (log != null) {
                    log.close();
                }
                background.shutdown();
                ledger.close();
            }
        }
    }

    private static void refuseShared(Path path, Ledger ledger) throws DataFolderException {
        if (ledger.isLogShared()) {
            throw new DataFolderException("The data in " + path.toAbsolutePath().normalize()
                    + " is that of a node of a cluster, whose log is with brokers. Nothing was changed. Start the node with a"
                    + " configuration that has the section `cluster`. \"manicule newlog\" makes it the data of a server of its"
                    + " own, once the node was stopped.");
        }
    }

    private static DataFolderException refused(Path path, LogException e, Ledger ledger) {
        if (e.getCause() instanceof UnknownRulesException later) { // a command that this version does not know
            return new DataFolderException(later.getMessage() + " Nothing was lost.", e);
        }
        return new DataFolderException(opening(path, e) + (e instanceof LogDamagedException
                ? " " + remedy(ledger)
                : " Nothing was lost; mend that and start again."), e);
    }

    private static String opening(Path path, Exception e) {
        String reason = e instanceof IOException failed ? FileFault.reason(failed) : String.valueOf(e.getMessage());
        return "The data in " + path.toAbsolutePath().normalize() + " can't be opened: " + reason;
    }

    /** The remedy when the log lacks what it should have. */
    private static String remedy(Ledger ledger) {
        return ledger.isStopped()
                ? "Nothing was changed. Nothing is lost either: the server was stopped, and the tables have all that was in the"
                        + " log. \"manicule newlog\" begins a new one."
                : "Nothing was changed. Restore a backup.";
    }

    /**
     * Opens a data folder to store data that does not come from a log. A new log begins first, behind all present data:
     * then neither older tables nor half-imported ones can be taken for the present ones.
     *
     * @param lines what is to be stored then
     */
    public static DataStore openToImport(Path path, Import lines, InstantSource clock) throws DataFolderException {
        try (DataStore store = open(path, Ledger.openToImport(path), clock)) {
            store.ledger.leaveLog(lines);
        }
        return open(path, Ledger.openToImport(path), clock);
    }

    /**
     * Begins a new log in a data folder whose own is damaged or missing, if that is certain to lose nothing.
     *
     * @throws DataFolderException when it is not, or can't be done
     */
    public static void beginNewLog(Path path, InstantSource clock) throws DataFolderException {
        try (Ledger ledger = Ledger.open(path)) {
            Ledger.refuseDiffering(path);
            if (ledger.isLogShared() && !ledger.isStopped()) {
                throw new DataFolderException("The data in " + path.toAbsolutePath().normalize()
                        + " is that of a node of a cluster, and of no clean stop: the log, which is with brokers, may have what the"
                        + " tables have not. Nothing was changed. Start the node, and stop it. If the log is lost, \"manicule"
                        + " backup\" and \"manicule restore\" make other data of what the tables have.");
            }
            if (!ledger.isStopped() && !ledger.isLogToBegin()) {
                throw new DataFolderException("The log in " + ledger.logFolder()
                        + " may have what the tables have not, since the last stop was not a clean one. Nothing was changed."
                        + " Start a server on the data; if it says that the log is damaged, restore a backup.");
            }
            ledger.leaveLog();
        } catch (StorageException e) {
            throw new DataFolderException(e.getMessage() + ": nothing was lost; mend the disk and try again.", e);
        }
        open(path, clock).close();
    }

    /**
     * How the tables of a folder relate to their log.
     *
     * @param isWhole whether they certainly have all that was in it
     * @param hasOwnLog whether it is beside them; else nodes share it, or it is to begin
     */
    public record LogState(boolean isWhole, boolean hasOwnLog) {}

    /**
     * Applies what the tables of a folder, which no process uses, lack of their own log, so that the tables alone can be
     * read. A log that can't be read is not needed after a clean stop; one that nodes share is not read.
     *
     * @return how the tables related to their log before
     * @throws DataFolderException as of {@link #open}, unless the tables are whole
     */
    public static LogState applyOwnLog(Path path, InstantSource clock) throws DataFolderException {
        Ledger ledger = Ledger.open(path);
        boolean isHandedOver = false;
        try {
            LogState state = logState(ledger);
            isHandedOver = state.hasOwnLog;
            if (state.hasOwnLog) {
                applyOwnLog(path, ledger, clock, state.isWhole);
            }
            return state;
        } finally {
            if (!isHandedOver) {
                ledger.close();
            }
        }
    }

    /** Closes the ledger. */
    private static void applyOwnLog(Path path, Ledger ledger, InstantSource clock, boolean isWhole)
            throws DataFolderException {
        try {
            open(path, ledger, clock).close();
        } catch (DataFolderException e) {
            if (!isWhole) {
                throw e;
            }
            LOG.warn("{} The tables alone are read.", e.getMessage());
        }
    }

    private static LogState logState(Ledger ledger) {
        boolean isToBegin = !ledger.hasLog() || ledger.isLogToBegin();
        return new LogState(isToBegin || ledger.isStopped(), !isToBegin && !ledger.isLogShared());
    }

    /** Opens a data folder that need not survive the machine: its log is in memory, and is gone once this is closed. */
    public static DataStore openTransient(Path path, InstantSource clock) throws DataFolderException {
        Ledger ledger = Ledger.open(path);
        return new DataStore(ledger, new MemoryLog<>(ledger.applied(), clock), threads(), new ListenedTo());
    }

    /**
     * Opens a data folder whose tables follow a shared log. When this returns, the tables have all of the log.
     *
     * @param log the log, which is closed with this
     * @param id which log it is
     * @param listened observes appends to the log
     * @throws DataFolderException as of {@link #open}; when the tables follow another log; or when the log does not have what they need
     */
    public static DataStore openShared(Path path, Log<Entry> log, long id, ListenedTo listened)
            throws DataFolderException {
        Ledger ledger = Ledger.open(path);
        ExecutorService background = threads();
        boolean isOpen = false;
        try {
            Ledger.refuseDiffering(path);
            if (ledger.hasLog() && ledger.logId().orElse(id) != id) {
                throw new DataFolderException("The data in " + path.toAbsolutePath().normalize()
                        + (!ledger.isLogShared()
                                ? " is that of a single server, and this configuration has a `cluster`. Nothing was changed. \"manicule"
                                        + " cluster adopt\" makes it the beginning of a cluster; to serve it alone, leave `cluster` out."
                                : " follows another log than the one of this cluster. Nothing was changed. Use an empty folder, or one that was"
                                        + " made for this cluster. If the other log is lost, a cluster can begin with this data: \"manicule newlog\","
                                        + " and \"manicule cluster adopt\" with a new topic."));
            }
            if (ledger.applied() < log.begin()) {
                throw new DataFolderException("The data in " + path.toAbsolutePath().normalize()
                        + " is older than the log reaches back: it has the entries below " + ledger.applied()
                        + ", and the log begins at " + log.begin()
                        + ". Nothing was changed. Fetch a checkpoint of another node: \"manicule cluster checkpoint\".");
            }
            if (!ledger.hasLog() || ledger.logId().isEmpty() || ledger.isLogToBegin()) { // restored: a node's backup knows its place
                ledger.followLog(id);
            }
            if (!ledger.keepsDigests()) {
                ledger.keepDigests(ledger.applied() == 0 && ledger.lastTimetoken() == 0);
            }
            ledger.markStarted();
            catchUp(ledger, log);
            isOpen = true;
            return new DataStore(ledger, log, background, listened);
        } catch (LogException e) {
            throw new DataFolderException(opening(path, e) + " Nothing was lost.", e);
        } catch (UnknownRulesException e) {
            throw new DataFolderException(e.getMessage() + " Nothing was lost.", e);
        } catch (StorageException e) {
            throw new DataFolderException(e.getMessage() + ": nothing was lost; mend the disk and start again.", e);
        } finally {
            if (!isOpen) {
                log.close();
                background.shutdown();
                ledger.close();
            }
        }
    }

    /**
     * Has the tables of a folder, whose log is its own, follow a shared log from an offset on.
     *
     * @param id which log it is
     * @param offset the offset of its first entry: no entry is below it
     * @throws DataFolderException as of {@link #open}
     */
    public static void follow(Path path, InstantSource clock, long id, long offset) throws DataFolderException {
        try (DataStore store = open(path, clock)) {
            store.ledger.followLog(id, offset);
            store.ledger.keepDigests(true);
            store.ledger.markStopped(); // nothing is in the new log yet
        } catch (StorageException e) {
            throw new DataFolderException(e.getMessage() + ": nothing was lost; mend the disk and try again.", e);
        }
    }

    private static ExecutorService threads() {
        return Executors.newFixedThreadPool(THREADS,
                task -> Thread.ofPlatform().name("manicule-background").daemon().unstarted(task));
    }

    /**
     * Opens the log of some tables to be read, or begins it. A log that the tables do not know is that of a folder
     * being made: nothing in it was ever acknowledged.
     *
     * @throws DataFolderException when it is the log of other tables
     */
    static LocalLog<Entry> openLog(Ledger ledger, LogFiles files, LocalLogOptions options)
            throws LogException, IOException, DataFolderException {
        EntryBytes codec = new EntryBytes();
        boolean isToBegin = ledger.isLogToBegin();
        if (isToBegin) {
            LocalLog.delete(files);
        }
        boolean isThere = LocalLog.exists(files) || (ledger.hasLog() && !isToBegin);
        LocalLog<Entry> log = isThere
                ? LocalLog.openUncut(files, codec, options)
                : LocalLog.create(files, codec, options, ledger.applied());
        boolean isTheirs = false;
        try {
            if (!isToBegin && ledger.logId().orElse(log.id()) != log.id()) {
                throw new DataFolderException("The log in " + files
                        + " is not the one that the tables beside it follow: one of"
                        + " the two comes from another folder, or from another time. Nothing was changed. Put back the one that"
                        + " belongs to the other, or restore a backup.");
            }
            if (ledger.hasLog()) {
                checkReach(ledger, log, files);
            }
            if (!ledger.hasLog() || isToBegin || ledger.logId().isEmpty()) {
                ledger.followOwnLog(log.id());
            }
            isTheirs = true;
            return log;
        } finally {
            if (!isTheirs) {
                log.close();
            }
        }
    }

    private static void checkReach(Ledger ledger, Log<Entry> log, LogFiles files) throws DataFolderException {
        long applied = ledger.applied();
        if (applied < log.begin()) {
            throw new DataFolderException(
                    "The tables beside " + files + " are older than the log reaches back: they have its"
                            + " entries below " + applied + ", and it begins at " + log.begin()
                            + ". Nothing was changed. Put the newer tables back, or restore a backup.");
        }
        if (applied > log.end()) {
            throw new DataFolderException("The log in " + files + " has lost its end: it ends at " + log.end()
                    + ", and the tables beside it have its entries below " + applied + ". " + remedy(ledger));
        }
    }

    /** Applies what the tables lack, and releases what they had on the disk before. */
    static void catchUp(Ledger ledger, Log<Entry> log) throws LogException, DataFolderException {
        try {
            long durable = ledger.applied();
            Replica.replay(log, ledger);
            ledger.checkReached();
            log.release(durable);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataFolderException("Reading the log was interrupted.", e);
        }
    }

    /** The tables. */
    public Ledger ledger() {
        return ledger;
    }

    /** The log; the ledger has applied all that was in it when this was opened. */
    public Log<Entry> log() {
        return log;
    }

    /** Runs work that no write should wait for. */
    public Executor background() {
        return background;
    }

    /** Sets the observer of the log. */
    public void observe(LogListener listener) {
        listening.listener = listener;
    }

    /** Whether the tables follow another log now. */
    private boolean hasLeft() {
        return log instanceof LocalLog<Entry> own && ledger.logId().orElse(own.id()) != own.id();
    }

    /** Writes the tables out, so that the next start need not read the log, and closes both. */
    @Override
    public void close() {
        try {
            long flushed = ledger.flush();
            log.release(flushed);
            log.close();
            if (flushed == log.end() && !hasLeft()) {
                ledger.markStopped();
            }
        } catch (StorageException e) {
            LOG.warn("The tables could not be written out: {}. The next start reads the log instead.", e.getMessage());
        }
        log.close();
        ledger.endFreeing();
        background.close();
        ledger.close();
    }
}
