package dev.manicule.server.journal;

import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.journal.CommitListener.NodeChanges;
import dev.manicule.server.journal.Submissions.ReplicaTrouble;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.ledger.UnknownRulesException;
import dev.manicule.server.limits.RedactedThrowable;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log and applies it to the ledger, batch by batch: it decides each entry, commits the changes together with
 * the offset reached, publishes the events, and delivers the outcomes to the clients that wait on this node. The same
 * log gives the same tables, wherever and however often it is read.
 *
 * <p>When the disk of the tables fails, they are reopened, and the log is read again from the offset that they have:
 * nothing is ever in doubt here. When the log can't be read, they stay open. An entry on which the rules fail has no
 * effect, here and everywhere. One that asks for rules which only a newer version knows ends the work of this one;
 * nothing of it, or of what comes with it, is applied.
 *
 * <p>Has no thread of its own: {@link #step} and {@link #applyNow} may be called by any thread, and do their work one at a time.
 */
final class Replica {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** So many entries, or bytes of them, are committed together at most; a batch of the log is never taken apart. */
    private static final int MOST_AT_ONCE = 1_024;
    private static final long MOST_BYTES_AT_ONCE = 4 << 20;
    /** For each so many deletions, a batch waits for one more slice of their removal, so that they can't pile up. */
    private static final int DELETIONS_A_SLICE = 200;
    /** After entries of so many bytes the tables are written out, so that a start has no more than that to read. */
    private static final long BYTES_A_FLUSH = 64 << 20;
    /** And after so long with a shared log: the brokers may drop what the disk of this machine does not have yet. */
    private static final long NANOS_A_FLUSH = TimeUnit.MINUTES.toNanos(1);
    private static final Unavailable FAILED = new Unavailable("The server failed on this request: nothing was done.",
            false);
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private final Log<Entry> log;
    private final Ledger ledger;
    private final Submissions submissions;
    private final CommitListener listener;
    private final Executor background;
    private final LongSupplier nanoTime;
    private final AtomicBoolean isFlushing = new AtomicBoolean();
    private final AtomicBoolean isFreeing = new AtomicBoolean();
    private final ReentrantLock turn = new ReentrantLock();
    // Of the turn
    private @Nullable LogReader<Entry> reader;
    /** No entry from this offset on has been published. */
    private long unpublished;
    private long bytesSinceFlush;
    private long flushedAt;
    /** Why the tables can't be written or the log can't be read; null when both can. */
    private @Nullable Throwable trouble;
    private long nextLook;

    Replica(Log<Entry> log, Ledger ledger, Submissions submissions, CommitListener listener, Executor background,
            LongSupplier nanoTime) {
        this.log = log;
        this.ledger = ledger;
        this.submissions = submissions;
        this.listener = listener;
        this.background = background;
        this.nanoTime = nanoTime;
        unpublished = ledger.applied();
        flushedAt = nanoTime.getAsLong();
    }

    /**
     * Applies what the tables lack, before any reader reads them. Nothing of it is published: subscribers that come
     * back find it in storage.
     *
     * @throws LogException when the log can't be read, or lacks entries that the tables need or have
     */
    static void replay(Log<Entry> log, Ledger ledger) throws LogException, InterruptedException {
        long from = ledger.applied();
        replay(log, ledger, log.end());
        if (ledger.applied() > from) {
            LOG.info("Applied {} entries of the log that the tables did not have yet", ledger.applied() - from);
        }
    }

    private static void replay(Log<Entry> log, Ledger ledger, long end) throws LogException, InterruptedException {
        try (LogReader<Entry> reader = log.reader(ledger.applied())) {
            while (ledger.applied() < end) {
                ledger.commit(apply(durable(reader, end, 0).batches(), ledger).transaction());
            }
        }
    }

    /**
     * Applies some of what is durable, and removes some of the rows that no read shows any more.
     *
     * @param millis for how long to wait for an entry when there is nothing to do, in milliseconds
     * @return whether there may be more to do at once; false, without waiting, while it {@link #isFailing}
     */
    boolean step(long millis) {
        turn.lock();
        try {
            if (trouble != null && !isMended()) {
                return false;
            }
            boolean isMore = applyDurable(ledger.hasRowsToRemove() ? 0 : millis);
            return removeRows() || isMore;
        } catch (Throwable e) { // a fault of this machine: a fault of the rules on an entry is an outcome
            fails(e);
            return false;
        } finally {
            turn.unlock();
        }
    }

    /**
     * Applies what is durable, if nothing else is to be done; saves the caller a switch to another thread.
     *
     * @return false when {@link #step} has something to do
     */
    boolean applyNow() {
        if (!turn.tryLock()) {
            return false;
        }
        try {
            if (trouble != null || ledger.hasRowsToRemove()) {
                return false;
            }
            return !applyDurable(0);
        } catch (Throwable e) {
            fails(e);
            return false;
        } finally {
            turn.unlock();
        }
    }

    /** Whether the tables can't be written or the log can't be read. */
    boolean isFailing() {
        turn.lock();
        try {
            return trouble != null;
        } finally {
            turn.unlock();
        }
    }

    /** Whether it has applied all entries below an offset; or can't, and has given up. */
    boolean hasReached(long end) {
        turn.lock();
        try {
            return trouble != null || ledger.applied() >= end;
        } catch (StorageException e) {
            LOG.debug("The tables can't be opened", e);
            return true;
        } finally {
            turn.unlock();
        }
    }

    /** Ends it. Callbacks that are left are called. */
    void close() {
        turn.lock();
        try {
            submissions.giveUp();
            closeReader();
        } finally {
            turn.unlock();
        }
    }

    private void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    /** Applies some of what is durable; returns whether there may be more. */
    private boolean applyDurable(long millis) throws LogException, InterruptedException {
        if (millis == 0 && ledger.applied() >= log.end()) {
            return false;
        }
        if (reader == null) {
            reader = log.reader(ledger.applied());
        }
        Durable durable = durable(reader, Long.MAX_VALUE, millis);
        if (durable.batches().isEmpty()) {
            return false;
        }
        Applied applied = apply(durable.batches(), ledger);
        ledger.commit(applied.transaction());
        long end = durable.batches().getLast().endOffset();
        if (end > unpublished) {
            publish(applied);
            unpublished = end;
        }
        flushNowAndThen(durable.bytes());
        return end < log.end();
    }

    /** Batches of the log that are committed together, and what their commands weigh. */
    private record Durable(List<Batch<Entry>> batches, long bytes) {}

    /**
     * The next durable batches, as many as are to be committed together; none when no entry comes in time.
     *
     * @param end the end of a batch, behind which none is taken
     * @param millis for how long to wait for the first, in milliseconds
     */
    private static Durable durable(LogReader<Entry> reader, long end, long millis)
            throws LogException, InterruptedException {
        List<Batch<Entry>> batches = new ArrayList<>();
        long entries = 0;
        long bytes = 0;
        boolean isAtEnd = false;
        while (!isAtEnd && entries < MOST_AT_ONCE && bytes < MOST_BYTES_AT_ONCE) {
            Batch<Entry> batch = reader.next(batches.isEmpty() ? millis : 0);
            if (batch == null) {
                break;
            }
            batches.add(batch);
            entries += batch.entries().size();
            for (Entry entry : batch.entries()) {
                bytes += entry.command().weight();
            }
            isAtEnd = batch.endOffset() >= end;
        }
        return new Durable(batches, bytes);
    }

    /** The result of some batches, ready to be committed. */
    private record Applied(Transaction transaction, List<Entry> entries, List<Outcome> outcomes) {}

    private static Applied apply(List<Batch<Entry>> batches, Ledger ledger) {
        Set<Long> failed = new HashSet<>();
        while (true) {
            Applied applied = new Applied(ledger.transaction(), new ArrayList<>(), new ArrayList<>());
            long failing = apply(batches, failed, ledger, applied);
            if (failing < 0) {
                return applied;
            }
            failed.add(failing); // what it has changed so far goes with the transaction
        }
    }

    /** Applies batches, and returns the offset of an entry on which the rules have failed, or a negative number. */
    private static long apply(List<Batch<Entry>> batches, Set<Long> failed, Ledger ledger, Applied applied) {
        for (Batch<Entry> batch : batches) {
            long offset = batch.firstOffset();
            for (Entry entry : batch.entries()) {
                applied.entries().add(entry);
                if (failed.contains(offset)) {
                    ledger.skip(entry, offset, applied.transaction());
                    applied.outcomes().add(FAILED);
                } else {
                    try {
                        applied.outcomes().add(ledger.apply(entry, offset, batch.time(), applied.transaction()));
                    } catch (StorageException | UnknownRulesException e) {
                        throw e;
                    } catch (RuntimeException e) {
                        LOG.error("A command failed: {}", entry.command().getClass().getSimpleName(),
                                RedactedThrowable.of(e));
                        return offset;
                    }
                }
                offset++;
            }
        }
        return -1;
    }

    /** Publishes a commit. It must never be applied again, whatever happens here. */
    private void publish(Applied applied) {
        Transaction transaction = applied.transaction();
        try {
            listener.committed(new Commit(List.copyOf(transaction.events()), List.copyOf(transaction.groups()),
                    List.copyOf(transaction.revocations()), new NodeChanges(Set.copyOf(transaction.removedNodes()),
                            List.copyOf(transaction.notices()), List.copyOf(transaction.reports())),
                    transaction.lastTimetoken(), transaction.erases(), List.copyOf(transaction.keyGrants())));
        } catch (Throwable e) { // what is committed stays so
            LOG.error("Telling subscribers of a commit failed", RedactedThrowable.of(e));
        }
        submissions.published(transaction.lastTimetoken(), applied.entries(), applied.outcomes());
    }

    /** Between two batches, removes some of the rows that no read shows any more; returns whether there are more. */
    private boolean removeRows() {
        if (!ledger.hasRowsToRemove()) {
            return false;
        }
        boolean isMore = true;
        for (int slices = 1 + ledger.deletionsPending() / DELETIONS_A_SLICE; isMore && slices > 0; slices--) {
            isMore = ledger.removeRows();
        }
        if (ledger.hasRoomToFree() && isFreeing.compareAndSet(false, true)) {
            background.execute(this::free);
        }
        return isMore;
    }

    private void free() {
        try {
            ledger.freeRoom();
        } catch (StorageException e) {
            LOG.debug("Room is freed later", e);
        } finally {
            isFreeing.set(false);
        }
    }

    private void flushNowAndThen(long bytes) {
        bytesSinceFlush += bytes;
        boolean isDue = bytesSinceFlush > BYTES_A_FLUSH
                || (log.isShared() && nanoTime.getAsLong() - flushedAt > NANOS_A_FLUSH);
        if (isDue && isFlushing.compareAndSet(false, true)) {
            bytesSinceFlush = 0;
            flushedAt = nanoTime.getAsLong();
            background.execute(this::flush);
        }
    }

    private void flush() {
        try {
            log.release(ledger.flush());
        } catch (StorageException e) {
            LOG.warn("The tables could not be written out: {}", e.getMessage());
        } finally {
            isFlushing.set(false);
        }
    }

    private void fails(Throwable cause) {
        if (cause instanceof LogException && cause.getCause() instanceof UnknownRulesException later) {
            fails(later); // a command that this server does not know
            return;
        }
        boolean isTooOld = cause instanceof UnknownRulesException;
        if (trouble == null || !words(trouble).equals(words(cause))) { // the retry comes each second
            if (isTooOld) {
                LOG.error("{} Until then writes{} are refused.", cause.getMessage(),
                        log.isShared() ? " and linearizable reads" : "");
            } else {
                LOG.error("{}. Writes{} are refused until it goes on; it is tried again each second.", words(cause),
                        log.isShared() ? " and linearizable reads" : "",
                        cause instanceof StorageException || cause instanceof LogException
                                ? null
                                : RedactedThrowable.of(cause));
            }
        }
        trouble = cause;
        nextLook = nanoTime.getAsLong() + LOOK_NANOS;
        submissions.setReplicaTrouble(isTooOld
                ? ReplicaTrouble.RULES
                : cause instanceof LogException ? ReplicaTrouble.LOG : ReplicaTrouble.DISK);
        submissions.giveUp();
        closeReader();
    }

    private static String words(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        String reason = message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
        return switch (cause) {
            case StorageException failed -> "The tables fail: " + reason;
            case LogException unreadable -> "The log can't be read: " + reason;
            default -> "Applying the log failed: " + cause.getClass().getSimpleName() + ": " + reason;
        };
    }

    /**
     * Now and then tries to reopen the tables, and to apply again the published entries that they have lost. When the
     * log can't be read, they stay as they are: readers can read them all the while, and lost entries could not be read
     * from the log.
     */
    private boolean isMended() {
        if (trouble instanceof UnknownRulesException || nanoTime.getAsLong() - nextLook < 0) {
            return false;
        }
        try {
            if (!(trouble instanceof LogException)) {
                ledger.recover();
            }
            replay(log, ledger, unpublished);
            ledger.admitReaders();
            boolean _ = applyDurable(0); // whether the log can be read
        } catch (Throwable e) {
            fails(e);
            return false;
        }
        trouble = null;
        submissions.setReplicaTrouble(null);
        LOG.info("The log is applied again, and writes are taken.");
        return true;
    }
}
