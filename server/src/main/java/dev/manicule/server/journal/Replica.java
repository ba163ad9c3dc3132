package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.ledger.Draft;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.limits.RedactedThrowable;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log and applies it to the ledger, batch by batch: what each entry becomes, the commit together with the offset
 * that has been reached, then the publication of events, and the outcomes for the clients that wait here. The same log
 * gives the same tables, wherever and however often it is read.
 *
 * <p>When the disk of the tables fails, they are opened anew, and the log is read again from the offset that they have:
 * nothing is ever in doubt here. An entry on which the rules fail has no effect, here and everywhere.
 *
 * <p>One thread.
 */
final class Replica {
    private static final long REST_MILLIS = 1_000;
    private static final long LOOK_MILLIS = 1_000;
    /** For so many deletions more a batch waits for one slice more of their removal, so that they can't pile up. */
    private static final int DELETIONS_A_SLICE = 200;
    /** After entries of so many bytes the tables are written out, so that a start has no more than that to read. */
    private static final long BYTES_A_FLUSH = 64 << 20;
    private static final Unavailable FAILED = new Unavailable("The server failed on this request: nothing was done.",
            false);
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private final Log<Entry> log;
    private final Ledger ledger;
    private final Submissions submissions;
    private final CommitListener listener;
    private final Executor background;
    private final Thread thread;
    private final AtomicBoolean isFlushing = new AtomicBoolean();
    /** The offset from which on nothing has been published. Of the thread. */
    private long unpublished;
    private long bytesSinceFlush;
    private @Nullable String complained;
    private volatile boolean isClosing;
    /** Where to end. */
    private volatile long end = Long.MAX_VALUE;

    Replica(Log<Entry> log, Ledger ledger, Submissions submissions, CommitListener listener, Executor background) {
        this.log = log;
        this.ledger = ledger;
        this.submissions = submissions;
        this.listener = listener;
        this.background = background;
        unpublished = ledger.applied();
        thread = Thread.ofPlatform().name("manicule-replica").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Has it end soon after the last entry. */
    void prepareToClose() {
        isClosing = true;
    }

    /** Applies what is in the log, then ends. Nothing is appended any more. */
    void close() {
        end = log.end();
        Submissions.joinUninterruptibly(thread);
    }

    /**
     * Applies what the tables have not yet, before anybody reads them. Nothing of it is published: subscribers that come back
     * find it in storage.
     *
     * @throws LogException when the log can't be read, or lacks entries that the tables need or have
     */
    static void replay(Log<Entry> log, Ledger ledger) throws LogException, InterruptedException {
        long from = ledger.applied();
        try (LogReader<Entry> reader = log.reader(from)) {
            while (ledger.applied() < log.end()) {
                Batch<Entry> batch = reader.next(REST_MILLIS);
                if (batch != null) {
                    ledger.commit(apply(batch, ledger).draft());
                }
            }
        }
        if (ledger.applied() > from) {
            LOG.info("Applied {} entries of the log that the tables did not have yet", ledger.applied() - from);
        }
    }

    private void run() {
        boolean isMended = true;
        while (isMended && ledgerPosition() < end) {
            try (LogReader<Entry> reader = log.reader(ledger.applied())) {
                follow(reader);
            } catch (LogException | StorageException e) {
                isMended = isMended(e);
            } catch (InterruptedException e) {
                LOG.debug("Nobody interrupts it", e);
            } catch (Throwable e) { // of this machine: what the rules do to an entry is an outcome
                LOG.error("Applying the log failed", RedactedThrowable.of(e));
                isMended = isMended(e);
            }
        }
        submissions.giveUp();
    }

    /** How far the tables have come; the end when they can't be opened any more and it is time to end. */
    private long ledgerPosition() {
        try {
            return ledger.applied();
        } catch (StorageException e) {
            return end == Long.MAX_VALUE ? 0 : Long.MAX_VALUE;
        }
    }

    private void follow(LogReader<Entry> reader) throws LogException, InterruptedException {
        while (ledger.applied() < end) {
            boolean isIdle = !removeRows();
            Batch<Entry> batch = reader.next(!isIdle ? 0 : isClosing ? 1 : REST_MILLIS);
            if (batch != null) {
                Applied applied = apply(batch, ledger);
                ledger.commit(applied.draft());
                if (batch.endOffset() > unpublished) {
                    publish(batch, applied);
                    unpublished = batch.endOffset();
                }
                flushNowAndThen(batch);
            }
        }
    }

    /** What became of a batch, ready to be committed. */
    private record Applied(Draft draft, List<Outcome> outcomes) {}

    private static Applied apply(Batch<Entry> batch, Ledger ledger) {
        List<Outcome> outcomes = new ArrayList<>(batch.entries().size());
        boolean[] hasFailed = new boolean[batch.entries().size()];
        while (true) {
            Draft draft = ledger.draft();
            outcomes.clear();
            for (Entry entry : batch.entries()) {
                int place = outcomes.size();
                long offset = batch.firstOffset() + place;
                if (hasFailed[place]) {
                    draft.skip(offset);
                    outcomes.add(FAILED);
                    continue;
                }
                try {
                    outcomes.add(ledger.apply(entry, offset, batch.time(), draft));
                } catch (StorageException e) {
                    throw e;
                } catch (RuntimeException e) {
                    LOG.error("A command failed: {}", entry.command().getClass().getSimpleName(),
                            RedactedThrowable.of(e));
                    hasFailed[place] = true; // what it has changed so far goes with the draft
                    break;
                }
            }
            if (outcomes.size() == batch.entries().size()) {
                return new Applied(draft, outcomes);
            }
        }
    }

    /** What is committed is published. It must never be applied again, whatever happens here. */
    private void publish(Batch<Entry> batch, Applied applied) {
        Draft draft = applied.draft();
        try {
            listener.committed(new Commit(List.copyOf(draft.events()), List.copyOf(draft.groups()),
                    List.copyOf(draft.revocations()), draft.lastTimetoken(), draft.erases()));
        } catch (Throwable e) { // what is committed stays so
            LOG.error("Telling subscribers of a commit failed", RedactedThrowable.of(e));
        }
        int own = 0;
        for (Entry entry : batch.entries()) {
            own += submissions.isOwn(entry) ? 1 : 0;
        }
        submissions.published(draft.lastTimetoken(), own);
        for (int place = 0; place < batch.entries().size(); place++) {
            Entry entry = batch.entries().get(place);
            Submissions.Pending<?> pending = submissions.isOwn(entry) ? submissions.take(entry.operation()) : null;
            if (pending != null) {
                pending.tell(applied.outcomes().get(place));
            }
        }
    }

    /** Between two batches, removes some of the rows that nobody sees any more; gives whether there are more. */
    private boolean removeRows() {
        if (!ledger.hasRowsToRemove() || end != Long.MAX_VALUE) {
            return false;
        }
        boolean isMore = true;
        for (int slices = 1 + ledger.deletionsPending() / DELETIONS_A_SLICE; isMore && slices > 0; slices--) {
            isMore = ledger.removeRows();
        }
        return isMore;
    }

    private void flushNowAndThen(Batch<Entry> batch) {
        for (Entry entry : batch.entries()) {
            bytesSinceFlush += weight(entry.command());
        }
        if (bytesSinceFlush > BYTES_A_FLUSH && isFlushing.compareAndSet(false, true)) {
            bytesSinceFlush = 0;
            background.execute(this::flush);
        }
    }

    private static long weight(Command<?> command) {
        return command.weight();
    }

    private void flush() {
        try {
            long applied = ledger.applied();
            ledger.flush();
            log.release(applied);
        } catch (StorageException e) {
            LOG.warn("The tables could not be written out: {}", e.getMessage());
        } finally {
            isFlushing.set(false);
        }
    }

    /** Applies again what the tables have lost of what has been published. */
    private void catchUp() throws LogException, InterruptedException {
        try (LogReader<Entry> reader = log.reader(ledger.applied())) {
            while (ledger.applied() < unpublished) {
                Batch<Entry> batch = reader.next(REST_MILLIS);
                if (batch != null) {
                    ledger.commit(apply(batch, ledger).draft());
                }
            }
        }
    }

    /**
     * Opens the tables anew as soon as the disk lets us, and applies again what they have lost.
     *
     * @return false when it is time to end, and the disk was not mended
     */
    private boolean isMended(Throwable cause) {
        submissions.setReplicaFailing(true);
        submissions.giveUp();
        String reason = String.valueOf(cause.getMessage());
        if (!reason.equals(complained)) {
            LOG.error("The tables can't be written: {}. Until the disk is mended, writes are refused, and reads go on.",
                    reason);
        }
        complained = reason;
        boolean isMended = false;
        while (!isMended && end == Long.MAX_VALUE) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                ledger.recover();
                catchUp();
                ledger.admitReaders();
                LOG.info("The disk can be written again.");
                complained = null;
                isMended = true;
            } catch (StorageException | LogException e) {
                complained = String.valueOf(e.getMessage());
            } catch (InterruptedException e) {
                LOG.debug("Nobody interrupts it", e);
            }
        }
        ledger.admitReaders(); // also when it ends before the disk is mended: others must not wait for ever
        submissions.setReplicaFailing(!isMended);
        return isMended;
    }
}
