package dev.manicule.server.journal;

import dev.manicule.server.command.Entry;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.ledger.UnknownRulesException;
import dev.manicule.server.log.FolderLogFiles;
import dev.manicule.server.log.LocalLog;
import dev.manicule.server.log.LocalLogOptions;
import dev.manicule.server.log.Log;
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
 * What a data folder holds, opened: the log, and the ledger, which has applied all of it. What the tables had not yet, because
 * the process was killed, they have when this is opened.
 */
public final class DataStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataStore.class);
    private static final int THREADS = 2;

    private final Ledger ledger;
    private final Log<Entry> log;
    private final ExecutorService background;
    private final Listening listening;

    /** Observes the log as soon as metrics are there to be kept. */
    private static final class Listening implements LogListener {
        private volatile LogListener listener = LogListener.NONE;

        @Override
        public void appended(int entries, long bytes, long nanos) {
            listener.appended(entries, bytes, nanos);
        }
    }

    private DataStore(Ledger ledger, Log<Entry> log, ExecutorService background, Listening listening) {
        this.ledger = ledger;
        this.log = log;
        this.background = background;
        this.listening = listening;
    }

    /**
     * Opens a data folder, making it where there is none.
     *
     * @param clock gives the log its time
     * @throws DataFolderException when the folder is used by another server, can't be read or written, holds something
     *         else, is damaged, or was written by a newer version whose rules this one has not
     */
    public static DataStore open(Path path, InstantSource clock) throws DataFolderException {
        Ledger ledger = Ledger.open(path);
        ExecutorService background = threads();
        Listening listening = new Listening();
        boolean isOpen = false;
        try {
            LocalLogOptions options = LocalLogOptions.usual(clock, background, listening);
            Log<Entry> log = openLog(ledger, FolderLogFiles.in(ledger.logFolder()), options);
            DataStore store = caughtUp(new DataStore(ledger, log, background, listening));
            isOpen = true;
            return store;
        } catch (LogException | IOException e) {
            throw damaged(path, e);
        } catch (UnknownRulesException e) {
            throw new DataFolderException(e.getMessage() + " Nothing was lost.", e);
        } catch (StorageException e) {
            throw new DataFolderException(e.getMessage() + ": nothing was lost; mend the disk and start again.", e);
        } finally {
            if (!isOpen) {
                background.shutdown();
                ledger.close();
            }
        }
    }

    /** Opens a data folder that need not survive the machine: its log is in memory, and ends with this. */
    public static DataStore openTransient(Path path, InstantSource clock) throws DataFolderException {
        Ledger ledger = Ledger.open(path);
        return new DataStore(ledger, new MemoryLog<>(ledger.applied(), clock), threads(), new Listening());
    }

    /**
     * Begins the log of a folder whose tables come from a backup.
     *
     * @param applied the offset that the tables have reached
     * @throws LogException when it can't be made
     */
    public static void beginLog(Path path, long applied) throws LogException, IOException {
        LocalLog.<Entry>create(FolderLogFiles.in(path.resolve(Ledger.LOG_FOLDER)), new EntryBytes(),
                LocalLogOptions.usual(InstantSource.system(), Runnable::run, LogListener.NONE), applied).close();
    }

    private static ExecutorService threads() {
        return Executors.newFixedThreadPool(THREADS,
                task -> Thread.ofPlatform().name("manicule-background").daemon().unstarted(task));
    }

    /** A log that the tables have never heard of is that of a folder being made: nothing was ever acknowledged out of it. */
    static Log<Entry> openLog(Ledger ledger, LogFiles files, LocalLogOptions options)
            throws LogException, IOException {
        EntryBytes codec = new EntryBytes();
        Log<Entry> log = ledger.hasLog() || LocalLog.exists(files)
                ? LocalLog.open(files, codec, options)
                : LocalLog.create(files, codec, options, 0);
        if (!ledger.hasLog()) {
            ledger.beginLog();
        }
        return log;
    }

    private static DataStore caughtUp(DataStore store) throws LogException, DataFolderException {
        boolean isOpen = false;
        try {
            catchUp(store.ledger, store.log);
            isOpen = true;
            return store;
        } finally {
            if (!isOpen) {
                store.log.close();
            }
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

    private static DataFolderException damaged(Path path, Exception e) {
        if (e.getCause() instanceof UnknownRulesException later) {
            return new DataFolderException(later.getMessage() + " Nothing was lost.", e);
        }
        String reason = String.valueOf(e.getMessage());
        return new DataFolderException(
                "The data in " + path.toAbsolutePath().normalize() + " can't be opened: " + reason
                        + (reason.contains("backup") ? "" : " Nothing was changed. Restore a backup."),
                e);
    }

    /** The tables. */
    public Ledger ledger() {
        return ledger;
    }

    /** The log; the ledger has applied all that was in it when this was opened. */
    public Log<Entry> log() {
        return log;
    }

    /** Runs what no write should wait for. */
    public Executor background() {
        return background;
    }

    /** Has appends be observed. */
    public void observe(LogListener listener) {
        listening.listener = listener;
    }

    /** Writes the tables out, so that the next start need not read the log, and closes both. */
    @Override
    public void close() {
        try {
            log.release(ledger.flush());
        } catch (StorageException e) {
            LOG.warn("The tables could not be written out: {}. The next start reads the log instead.", e.getMessage());
        }
        log.close();
        background.close();
        ledger.close();
    }
}
