package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Tick;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.RedactedThrowable;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands on their way into the log: admitted or refused, given an operation id, and appended, as many at a time as wait. The
 * callback of each is kept by its operation id, and called with the outcome when the entry has come through the log and has
 * been applied; or with {@link Unavailable} when it could not be appended.
 *
 * <p>Has no thread of its own. Any thread may submit. One thread at a time appends, the appender; the replica takes callbacks.
 */
final class Submissions {
    private static final int MOST_AT_ONCE = 1024;
    /** So many entries may be in the log and not yet applied. */
    private static final int MOST_AHEAD = 4 * MOST_AT_ONCE;
    private static final long PATIENCE_MILLIS = 1_000;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Unavailable STOPPING = new Unavailable("The server is stopping.", false);
    private static final Unavailable FULL = new Unavailable("Too many writes are waiting.", false);
    /** A node that can't read an entry would have to stop. */
    private static final Unavailable OLDER_NODES = new Unavailable(
            "Not every node of the cluster is known to have the version that this request needs: upgrade the older"
                    + " ones, and send it again.",
            false);
    private static final Logger LOG = LoggerFactory.getLogger(Submissions.class);

    private final Log<Entry> log;
    private final TimetokenClock timeline;
    private final Budget budget;
    private final long node;
    private final Unavailable uncertain;
    private final Unavailable unwritten;
    private final LongSupplier nanoTime;
    private final WriteQueue<Pending<?>> queue = new WriteQueue<>();
    private final ConcurrentLinkedDeque<Pending<?>> pending = new ConcurrentLinkedDeque<>();
    private final Semaphore ahead = new Semaphore(MOST_AHEAD);
    /** How many entries are in flight: from the first reading of the time for them to their publication. */
    private final AtomicInteger inFlight = new AtomicInteger();
    /** Of the appender. */
    private long sequence;
    /** When to try again whether the log can be appended to. */
    private volatile long nextLook;
    private boolean isInDoubt;
    private volatile boolean isFailing;
    private volatile @Nullable ReplicaTrouble replicaTrouble;
    /** Why nothing is taken any more; null while it is. */
    private volatile @Nullable String refusal;
    /** The version of the rules that entries ask for. */
    private volatile int rules;
    private volatile boolean closing;
    private volatile boolean hasEnded;
    /** All events up to it are published, also while entries are in flight. */
    private volatile long published;

    /** The reasons why entries can't be applied, and so are not appended. */
    enum ReplicaTrouble {
        /** The tables can't be written. */
        DISK("The disk can't be written.", "The disk fails: nothing was done."),
        /** The log can't be read. */
        LOG("The log can't be read.", "The log can't be read: nothing was done."),
        /** The log has entries of a newer version of the server. */
        RULES("The log was written by a newer version of the server.",
                "The server is older than its log: nothing was done.");

        private final String words;
        private final String refusal;

        ReplicaTrouble(String words, String refusal) {
            this.words = words;
            this.refusal = refusal;
        }

        /** The outcome of a command that is not appended because of it. */
        private Unavailable refused() {
            return new Unavailable(refusal, false);
        }
    }

    /** A command that waits for its outcome. */
    static final class Pending<O extends Outcome> extends WriteQueue.Write {
        private final Command<O> command;
        private final Consumer<? super O> whenDecided;
        /** That of its operation, 0 before it has one. Set by the appender, before the replica can see it. */
        private long sequence;
        private boolean isAnswered;

        Pending(Command<O> command, Consumer<? super O> whenDecided) {
            this.command = command;
            this.whenDecided = whenDecided;
        }

        /** Calls back, once, with an outcome of this command's, or with {@link Unavailable}, which is one of every command's. */
        @SuppressWarnings("unchecked")
        void answer(Outcome outcome) {
            synchronized (this) { // an entry in doubt may come through the log after all
                if (isAnswered) {
                    return;
                }
                isAnswered = true;
            }
            release();
            try {
                whenDecided.accept((O) outcome);
            } catch (Throwable e) { // one client's response must not keep others from theirs
                LOG.error("Telling an outcome failed", RedactedThrowable.of(e));
            }
        }
    }

    Submissions(Log<Entry> log, TimetokenClock timeline, Budget budget, long node, LongSupplier nanoTime) {
        this.log = log;
        String failing = log.isShared() ? "No broker takes writes" : "The disk fails";
        uncertain = new Unavailable(failing + "; it is not certain whether this was done.", true);
        unwritten = new Unavailable(failing + ": nothing was done.", false);
        rules = log.isShared() ? Ledger.FIRST_RULES : Ledger.RULES;
        this.nanoTime = nanoTime;
        nextLook = nanoTime.getAsLong();
        this.timeline = timeline;
        this.budget = budget;
        this.node = node;
        published = timeline.now();
    }

    <O extends Outcome> void submit(Client client, Command<O> command, Consumer<? super O> whenDecided) {
        Pending<O> waiting = new Pending<>(command, whenDecided);
        String refused = refusal;
        if (closing) {
            waiting.answer(STOPPING);
        } else if (refused != null) {
            waiting.answer(new Unavailable(refused, false));
        } else if (command.leastRules() > rules) {
            waiting.answer(OLDER_NODES);
        } else if (!queue.add(client, waiting, command.weight())) {
            waiting.answer(FULL);
        } else if (hasEnded) {
            refuseLate(); // it was added just after the last check
        }
    }

    private Unavailable unwritten() {
        String fault = log.fault();
        return fault == null ? unwritten : new Unavailable(fault + " Nothing was done.", false);
    }

    int waiting() {
        return queue.size();
    }

    @Nullable
    String fault() {
        if (closing) {
            return "The server is stopping.";
        }
        if (refusal != null) {
            return refusal;
        }
        String ofTheLog = log.fault();
        if (ofTheLog != null) {
            return ofTheLog;
        }
        if (isFailing) {
            return log.isShared() ? "No broker takes writes." : "The disk can't be written.";
        }
        ReplicaTrouble trouble = replicaTrouble;
        if (trouble != null) {
            return trouble.words;
        }
        return isFull(Resource.WRITES) || isFull(Resource.WRITE_BYTES) ? "Too many writes are waiting." : null;
    }

    private boolean isFull(Resource resource) {
        return budget.used(resource) >= budget.capacity(resource);
    }

    /** See {@link Journal#position()}. */
    long position() {
        long now = timeline.now(); // first raise the timeline, then look: an entry that is made later is above now
        return log.isShared() || inFlight.get() > 0 ? published : now; // entries of other nodes may be just above it
    }

    /**
     * The events of entries have been published. The entries that this start of the process submitted get their
     * outcomes. Called by the replica.
     *
     * @param lastTimetoken the highest timetoken of what has been published
     * @param entries what has been published, in order
     * @param outcomes what became of each
     */
    void published(long lastTimetoken, List<Entry> entries, List<Outcome> outcomes) {
        long reached = 0;
        for (Entry entry : entries) {
            reached = isOwn(entry) ? Math.max(reached, entry.operation().sequence()) : reached;
        }
        List<Pending<?>> done = take(reached);
        timeline.reach(lastTimetoken);
        published = lastTimetoken; // not before: all events up to a position have been handed over
        finished(done.size());
        int place = 0;
        for (Pending<?> each : done) {
            while (place < entries.size() && !isOf(entries.get(place), each)) {
                place++;
            }
            each.answer(place < entries.size() ? outcomes.get(place) : uncertain);
        }
    }

    private boolean isOwn(Entry entry) {
        return entry.operation().node() == node;
    }

    private boolean isOf(Entry entry, Pending<?> pending) {
        return isOwn(entry) && entry.operation().sequence() == pending.sequence;
    }

    /**
     * The waiting commands up to a sequence, in order. An entry that is missing from the log although a later one of
     * this process is there was in doubt, and its callback has been called; should it come later after all, nothing
     * waits for it.
     */
    private List<Pending<?>> take(long sequence) {
        List<Pending<?>> taken = new ArrayList<>();
        for (Pending<?> first = pending.peekFirst(); first != null
                && first.sequence <= sequence; first = pending.peekFirst()) {
            boolean _ = pending.remove(first);
            taken.add(first);
        }
        return taken;
    }

    private void finished(int entries) {
        inFlight.addAndGet(-entries);
        ahead.release(entries);
    }

    /** Has the next command be appended, or at least tried, also when the log has just failed. */
    void retry() {
        nextLook = nanoTime.getAsLong();
    }

    /** See {@link Journal#refuse}. */
    void refuse(String reason) {
        refusal = reason;
    }

    /** See {@link Journal#askFor}. */
    void askFor(int version) {
        rules = version;
    }

    /** Says why the replica can't apply entries, null when it can. Meanwhile nothing more is appended. */
    void setReplicaTrouble(@Nullable ReplicaTrouble trouble) {
        replicaTrouble = trouble;
    }

    /** Calls back all commands that were appended and not applied: their outcome is unknown. Called by the replica. */
    void giveUp() {
        for (Pending<?> each = pending.pollFirst(); each != null; each = pending.pollFirst()) {
            each.answer(uncertain);
        }
    }

    /** Has {@link #appendNext} append what was submitted and the last time that clients received, and then end. */
    void close() {
        closing = true;
        queue.wake();
    }

    private void refuseLate() {
        List<Pending<?>> late = new ArrayList<>();
        queue.drainAll(late);
        late.forEach(each -> each.answer(STOPPING));
    }

    /**
     * Waits for commands and appends them; when there are none, finds out whether a failed log accepts appends again.
     * Called by the appender.
     *
     * @param millis how long to wait, in milliseconds
     * @return false when this is closed and has appended all
     */
    boolean appendNext(long millis) {
        List<Pending<?>> batch = new ArrayList<>();
        try {
            boolean _ = queue.take(batch, MOST_AT_ONCE, closing ? 0 : millis);
            if (!batch.isEmpty()) {
                append(batch);
            } else if (closing) {
                end();
                return false;
            } else if (isFailing && isTimeToLook()) {
                append(List.of(new Pending<>(new Tick(), outcome -> {}))); // or a quiet server would never know
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted, and going on", e);
        } catch (Throwable e) { // the one appender must outlive anything
            LOG.error("Appending {} commands failed", batch.size(), RedactedThrowable.of(e));
        }
        return !hasEnded;
    }

    /** Appends the last time that clients received. Later commands are rejected. */
    private void end() {
        hasEnded = true;
        refuseLate();
        if (!isFailing && !log.isShared()) { // with a shared log, clients received no time that was not applied
            append(List.of(new Pending<>(new Tick(), outcome -> {})));
        }
    }

    /**
     * Whether an append may be tried; now and then true for a failed log, since only an append shows whether it works
     * again.
     */
    private boolean canAppend() {
        if (replicaTrouble != null) {
            return false;
        }
        if (!isFailing) {
            return true;
        }
        if (!isTimeToLook()) {
            return false;
        }
        nextLook = nanoTime.getAsLong() + LOOK_NANOS;
        if (isInDoubt && !log.resolveDoubt()) {
            return false;
        }
        if (isInDoubt) {
            LOG.info(log.isShared()
                    ? "The log can be written again; of the writes that had failed, some may be done."
                    : "The disk can be written again; the writes that had failed are done.");
        }
        isInDoubt = false;
        return true;
    }

    private boolean isTimeToLook() {
        return nanoTime.getAsLong() - nextLook >= 0;
    }

    private void append(List<Pending<?>> batch) {
        if (!canAppend() || !getsAhead(batch.size())) {
            ReplicaTrouble trouble = replicaTrouble;
            Unavailable refused = trouble == null ? unwritten() : trouble.refused();
            batch.forEach(each -> each.answer(refused));
            return;
        }
        if (inFlight.get() == 0) {
            published = timeline.now(); // all before it is published; what is appended now is above it
        }
        inFlight.addAndGet(batch.size());
        long notBefore = timeline.now();
        List<Entry> entries = new ArrayList<>(batch.size());
        for (Pending<?> each : batch) {
            sequence++;
            each.sequence = sequence;
            pending.addLast(each);
            entries.add(new Entry(new OperationId(node, sequence), rules, notBefore, each.command));
        }
        boolean wasFailing = isFailing;
        boolean[] failed = new boolean[1];
        try {
            log.append(entries, (reason, inDoubt) -> {
                failed[0] = true;
                failed(batch, reason, inDoubt, wasFailing);
            });
        } catch (Throwable e) { // a fault of the log: what it has written may come through or not
            batch.forEach(each -> each.answer(uncertain));
            throw e;
        }
        if (wasFailing && !failed[0]) {
            LOG.info("The {} can be written again.", log.isShared() ? "log" : "disk");
        }
        isFailing = failed[0];
    }

    /** Waits until not too many entries are ahead of the tables; false when these can't be written. */
    private boolean getsAhead(int entries) {
        while (true) {
            try {
                if (ahead.tryAcquire(entries, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
                if (replicaTrouble != null) {
                    return false;
                }
            } catch (InterruptedException e) {
                LOG.debug("Interrupted, and going on", e);
            }
        }
    }

    private void failed(List<Pending<?>> batch, String reason, boolean inDoubt, boolean wasFailing) {
        if (!wasFailing) {
            LOG.error(
                    "Writing {} commands failed: {}. Until the {}.", batch.size(), reason, log.isShared()
                            ? "log can be written, writes and linearizable reads are refused"
                            : "disk can be written, writes are refused, and reads go on");
        }
        isFailing = true;
        isInDoubt = inDoubt;
        nextLook = nanoTime.getAsLong() + LOOK_NANOS;
        if (!inDoubt) { // they never come through the log
            batch.forEach(each -> pending.pollLast());
            finished(batch.size());
        }
        Unavailable outcome = inDoubt ? uncertain : unwritten();
        batch.forEach(each -> each.answer(outcome));
    }
}
