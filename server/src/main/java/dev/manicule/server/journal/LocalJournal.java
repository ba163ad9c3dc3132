package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.ledger.Draft;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.RedactedThrowable;
import dev.manicule.server.limits.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of one machine: one thread takes all commands that wait, applies them to one draft, and commits it with
 * one synced write. The more wait, the more share the cost of a sync.
 */
public final class LocalJournal implements Journal {
    private static final int MOST_AT_ONCE = 1024;
    private static final long REST_MILLIS = 100;
    /** For so many deletions more a batch waits for one slice more of their removal, so that they can't pile up. */
    private static final int DELETIONS_A_SLICE = 200;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Unavailable REFUSED = new Unavailable("The disk fails: nothing was done.", false);
    private static final Unavailable UNCERTAIN = new Unavailable(
            "The disk fails; it is not certain whether this was done.", true);
    private static final Unavailable FAILED = new Unavailable("The server failed on this request: nothing was done.",
            false);
    private static final Logger LOG = LoggerFactory.getLogger(LocalJournal.class);

    private final Ledger ledger;
    private final Timeline timeline;
    private final CommitListener listener;
    private final BatchListener batches;
    private final Budget budget;
    private final WriteQueue<Waiting<?>> queue;
    private final Thread writer;
    /** A batch whose write failed, so that it may be there or not. Belongs to the writer. */
    private @Nullable Decisions inDoubt;
    /** Why the disk could not be written when it was looked at last; belongs to the writer. */
    private String complained = "";
    /** When to look again whether the disk can be written. Belongs to the writer. */
    private long nextLook = System.nanoTime();
    private volatile boolean closing;
    /** Whether the writer waits for something to do. */
    private volatile boolean resting;
    /** True from before the first timetoken of a batch is given until its events are handed over, or it is known to fail. */
    private volatile boolean deciding;
    /** Whether a batch is in doubt, for others than the writer. */
    private volatile boolean failing;
    /** All events up to it are committed and handed over, also while a batch is being decided. */
    private volatile long committed;

    /** A command that waits, and who waits for its outcome. */
    private record Waiting<O extends Outcome>(Client client, Command<O> command, Consumer<? super O> whenDecided) {
        Decided<O> apply(Ledger ledger, long timetoken, Draft draft) {
            return new Decided<>(this, ledger.apply(command, timetoken, draft));
        }

        /** Tells an outcome of this command's, or {@link Unavailable}, which is one of every command's. */
        @SuppressWarnings("unchecked")
        void tell(Outcome outcome) {
            try {
                whenDecided.accept((O) outcome);
            } catch (Throwable e) { // one client's response must not keep others from theirs
                LOG.error("Telling an outcome failed", RedactedThrowable.of(e));
            }
        }
    }

    /** A command that was applied. */
    private record Decided<O extends Outcome>(Waiting<O> waiting, O outcome) {}

    /** What a batch leads to, once it is committed. */
    private record Decisions(List<Decided<?>> all, Commit commit) {}

    /** Starts a journal that writes to a ledger. The ledger is the caller's to close, after the journal. */
    public LocalJournal(Ledger ledger, Timeline timeline, CommitListener listener, BatchListener batches,
            Budget budget) {
        this.batches = batches;
        this.ledger = ledger;
        this.timeline = timeline;
        this.listener = listener;
        this.budget = budget;
        queue = new WriteQueue<>();
        committed = timeline.now();
        writer = Thread.ofPlatform().name("manicule-journal").daemon().start(this::write);
    }

    @Override
    public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
        submit(budget.server(), command, whenDecided);
    }

    @Override
    public <O extends Outcome> void submit(Client client, Command<O> command, Consumer<? super O> whenDecided) {
        Waiting<O> waiting = new Waiting<>(client, command, whenDecided);
        if (closing) {
            waiting.tell(new Unavailable("The server is stopping.", false));
            return;
        }
        if (!queue.add(client, waiting, command.weight())) {
            waiting.tell(new Unavailable("Too many writes are waiting.", false));
        } else if (closing && !writer.isAlive()) {
            refuseLate(); // it came in just after the last look
        }
    }

    @Override
    public int waiting() {
        return queue.size();
    }

    @Override
    public @Nullable String fault() {
        if (closing) {
            return "The server is stopping.";
        }
        if (failing) {
            return "The disk can't be written.";
        }
        return isFull(Resource.WRITES) || isFull(Resource.WRITE_BYTES) ? "Too many writes are waiting." : null;
    }

    @Override
    public boolean isAlive() {
        return writer.isAlive();
    }

    private boolean isFull(Resource resource) {
        return budget.used(resource) >= budget.capacity(resource);
    }

    private void refuseLate() {
        List<Waiting<?>> late = new ArrayList<>();
        queue.drainAll(late);
        late.forEach(waiting -> waiting.tell(new Unavailable("The server is stopping.", false)));
    }

    @Override
    public long position() {
        long now = timeline.now(); // first raise the timeline, then look: a batch that begins later is above now
        return deciding ? committed : now;
    }

    @Override
    public void close() {
        closing = true;
        if (resting) {
            writer.interrupt(); // else it would look at the end of its rest only
        }
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true; // half a shutdown would lose what waits: finish, then say so
            }
        }
        refuseLate();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        List<Waiting<?>> batch = new ArrayList<>(MOST_AT_ONCE);
        while (take(batch)) {
            try {
                decide(batch);
            } catch (Throwable e) { // the one writer must outlive anything
                LOG.error("The journal failed on a batch of {} commands", batch.size(), RedactedThrowable.of(e));
            }
            batch.clear();
        }
        rememberTime();
    }

    /** Waits for commands and takes all there are; false when the journal is closing and none are left. */
    private boolean take(List<Waiting<?>> batch) {
        while (true) {
            try {
                resting = !closing;
                boolean isIdle = !removeRows();
                boolean _ = queue.take(batch, MOST_AT_ONCE, resting && isIdle ? REST_MILLIS : 0);
                resting = false;
                if (!batch.isEmpty()) {
                    return true;
                }
                if (inDoubt != null) {
                    boolean _ = resolveDoubt();
                }
            } catch (InterruptedException e) {
                resting = false;
                continue; // by close(), which waits until what came in before is decided
            }
            if (closing) {
                return false;
            }
        }
    }

    /** Between two batches, removes some of the rows that nobody sees any more; gives whether there are more. */
    private boolean removeRows() {
        if (inDoubt != null || closing || !ledger.hasRowsToRemove()) {
            return false;
        }
        try {
            boolean isMore = true;
            for (int slices = 1 + ledger.deletionsPending() / DELETIONS_A_SLICE; isMore && slices > 0; slices--) {
                isMore = ledger.removeRows();
            }
            return isMore;
        } catch (StorageException e) {
            LOG.debug("{}", e.getMessage()); // of a disk that fails, the next commit speaks
            return false;
        }
    }

    private void decide(List<Waiting<?>> batch) {
        if (!resolveDoubt()) {
            batch.forEach(waiting -> waiting.tell(REFUSED));
            return;
        }
        Decisions decisions;
        committed = timeline.now(); // all before it is committed; what this batch is given is above it
        deciding = true;
        try {
            Draft draft = ledger.draft();
            decisions = apply(batch, draft);
            long began = System.nanoTime();
            try {
                ledger.commit(draft);
            } catch (StorageException e) {
                LOG.error(
                        "Writing {} commands failed: {}. Until the disk is mended, writes are refused, and reads go on.",
                        batch.size(), e.getMessage());
                inDoubt = decisions;
                failing = true;
            }
            batches.written(batch.size(), System.nanoTime() - began);
        } catch (RuntimeException | Error e) { // before anything was written
            deciding = false;
            if (batch.size() > 1) {
                batch.forEach(waiting -> decide(List.of(waiting))); // so that one bad command harms no other
                return;
            }
            LOG.error("A command failed: {}", batch.getFirst().command().getClass().getSimpleName(),
                    RedactedThrowable.of(e));
            batch.getFirst().tell(e instanceof StorageException ? REFUSED : FAILED);
            return;
        }
        if (inDoubt == null) {
            done(decisions);
        } else if (!resolveDoubt()) {
            batch.forEach(waiting -> waiting.tell(UNCERTAIN));
            inDoubt = new Decisions(List.of(), decisions.commit()); // subscribers are still to be told, if it was
        }
    }

    private Decisions apply(List<Waiting<?>> batch, Draft draft) {
        List<Decided<?>> decisions = new ArrayList<>(batch.size());
        for (Waiting<?> waiting : batch) {
            decisions.add(waiting.apply(ledger, timeline.next(waiting.command().timetokens()), draft));
        }
        return new Decisions(decisions,
                new Commit(List.copyOf(draft.events()), List.copyOf(draft.groups()),
                        List.copyOf(draft.revocations()), draft.lastTimetoken(), draft.erases()));
    }

    /** What is committed is told. It must never be tried again, whatever happens here. */
    private void done(Decisions decisions) {
        tellHub(decisions.commit());
        committed = decisions.commit().lastTimetoken(); // not before: all events up to a position have been handed over
        deciding = false;
        for (Decided<?> decided : decisions.all()) {
            decided.waiting().tell(decided.outcome());
        }
    }

    /**
     * Finds out what became of a write that failed, if the disk lets us by now. All of it is there, or nothing.
     *
     * @return whether nothing is in doubt any more
     */
    private boolean resolveDoubt() {
        Decisions doubtful = inDoubt;
        if (doubtful == null) {
            return true;
        }
        if (System.nanoTime() - nextLook < 0) {
            return false;
        }
        long last;
        try {
            last = ledger.recover();
        } catch (StorageException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(complained)) {
                LOG.warn("It can't be written yet: {}", reason);
            }
            complained = reason;
            nextLook = System.nanoTime() + LOOK_NANOS;
            return false;
        }
        inDoubt = null;
        failing = false;
        complained = "";
        boolean isThere = last >= doubtful.commit().lastTimetoken();
        LOG.info("The disk can be written again; the write that had failed was {}", isThere ? "done" : "not done");
        if (isThere) {
            done(doubtful);
        } else {
            deciding = false;
            doubtful.all()
                    .forEach(decided -> decided.waiting().tell(REFUSED));
        }
        return true;
    }

    private void tellHub(Commit commit) {
        try {
            listener.committed(commit);
        } catch (Throwable e) { // what is committed stays so
            LOG.error("Telling subscribers of a commit failed", RedactedThrowable.of(e));
        }
    }

    /**
     * Stores the time last told to anybody, so that it holds after a restart even if the clock is set back meanwhile.
     */
    private void rememberTime() {
        if (inDoubt != null) {
            return; // the disk fails, as has been said
        }
        try {
            Draft draft = ledger.draft();
            ledger.remember(timeline.now(), draft);
            ledger.commit(draft);
        } catch (StorageException e) {
            LOG.error("Storing the time at the end failed: {}", e.getMessage());
        }
    }
}
