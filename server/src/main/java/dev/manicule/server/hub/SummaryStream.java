package dev.manicule.server.hub;

import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.journal.CommitListener.NodeChanges;
import dev.manicule.server.limits.BoundedLog;
import dev.manicule.server.model.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * Delivers the events to the subscribers of summaries of one period: takes in all commits, makes summaries of the
 * events of actions, and hands the rest and the summaries, in the order of their timetokens, to shards of its own. It
 * works only while there are such subscribers, on a thread that all periods share.
 *
 * <p>It has <em>holes</em>: periods whose actions it does not have all, because it began in the midst of them, because
 * messages were deleted, or because there were too many. When the summaries of such a period are due, the polls look
 * for them in storage.
 */
final class SummaryStream {
    private static final BoundedLog LOG = new BoundedLog(LoggerFactory.getLogger(SummaryStream.class));
    /** How many bytes of counts a stream holds. */
    static final long MOST_BYTES = Math.min(4 << 20, Runtime.getRuntime().maxMemory() / 64);
    /** For so many times the bytes, there may be commits that wait. */
    private static final int WAITING = 4;
    private static final long TICK_MILLIS = 200;
    /** After how long it looks again whether summaries are due, where the present is behind the clock. */
    private static final long LATE_MILLIS = 20;
    /** How long it goes on without any subscriber. */
    private static final long IDLE_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long STEPS_IN_A_MILLI = 10_000;

    private final SummaryPeriod period;
    private final Map<Executor, Shard> shards;
    private final Later thread;
    private final HubMetrics metrics;
    private final LongSupplier time;
    private final LongSupplier nanoTime;
    private final long mostBytes;
    private final Summaries summaries;
    /** The ends of the periods that are holes. */
    private final TreeSet<Long> holes = new TreeSet<>();
    private final Queue<Commit> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile LongSupplier present;
    /** All up to it has been handed to the shards. */
    private long reached;
    private boolean isTimed;
    private boolean isBroken;
    /** Up to it, lost commits have been noticed. */
    private long noticed;
    private volatile boolean isActive;
    private volatile long usedAt;
    /** The last commit that there was. Of the thread that commits, which alone writes it. */
    private volatile long committed;
    /** Commits up to it may be missing. */
    private final AtomicLong lost = new AtomicLong();

    /** One thread. */
    @FunctionalInterface
    interface Later {
        /** Runs work after so many milliseconds; what is due at the same time in the order of the calls. */
        void run(Runnable work, long millis);
    }

    /**
     * A stream that is not active.
     *
     * @param shards one for each event loop; nothing else hands commits to them
     * @param thread does the work
     * @param metrics counts its failures
     * @param time returns the present timetoken
     * @param position all events up to it are committed, and nothing was committed after it
     * @param mostBytes how many bytes of counts it holds; those of a period that has more are read from storage
     */
    SummaryStream(SummaryPeriod period, Map<Executor, Shard> shards, Later thread, HubMetrics metrics,
            LongSupplier time, LongSupplier nanoTime, long position, long mostBytes) {
        this.mostBytes = mostBytes;
        this.period = period;
        this.shards = shards;
        this.thread = thread;
        this.metrics = metrics;
        this.time = time;
        this.nanoTime = nanoTime;
        summaries = new Summaries(period);
        present = () -> reached;
        committed = position;
        reached = position;
    }

    /** Takes the source of the present, as {@link Hub#begin} does. */
    void begin(LongSupplier itsPresent) {
        present = itsPresent;
    }

    /** The shard of an event loop, for one more poll. */
    Shard shard(Executor loop) {
        usedAt = nanoTime.getAsLong(); // before it looks; rest() does it the other way round
        if (!isActive) {
            run(this::activate);
        }
        return of(loop);
    }

    private Shard of(Executor loop) {
        return Objects.requireNonNull(shards.get(loop), "an event loop of this hub");
    }

    /** Answers all its polls on an event loop. On that loop. */
    void drain(Executor loop) {
        of(loop).drain();
    }

    /** Receives a commit, on the thread that commits. */
    void committed(Commit commit) {
        committed = commit.lastTimetoken(); // before it looks; activate() does it the other way round
        if (!isActive) {
            return;
        }
        long bytes = bytes(commit);
        if (waitingBytes.get() + bytes > WAITING * mostBytes) {
            lost.accumulateAndGet(commit.lastTimetoken(), Math::max);
        } else {
            waitingBytes.addAndGet(bytes);
            waiting.add(commit);
        }
        run(this::takeWaiting);
    }

    private static long bytes(Commit commit) {
        long bytes = 0;
        for (Event event : commit.events()) {
            bytes += event.envelope().length + 100;
        }
        return bytes;
    }

    private void activate() {
        if (!isActive) {
            isActive = true;
            beginAnew(committed); // each later commit is handed over
            tick();
        }
    }

    /** All up to a position is in storage, and the period that runs there is a hole. */
    private void beginAnew(long position) {
        isBroken = false;
        summaries.clear();
        holes.removeIf(end -> period.settled(end) <= position);
        holes.add(period.end(position));
        holes.add(period.end(period.begin(position) + 1));
        skipTo(position);
    }

    /** Polls look in storage for all up to a timetoken. */
    private void skipTo(long position) {
        reached = position;
        shards.values().forEach(shard -> shard.missed(position));
        expire();
    }

    private void takeWaiting() {
        for (Commit commit = waiting.poll(); commit != null; commit = waiting.poll()) {
            waitingBytes.addAndGet(-bytes(commit));
            noticeLost(); // those before it
            if (commit.lastTimetoken() > reached) {
                take(commit);
            }
        }
        noticeLost();
        setTimer();
    }

    private void noticeLost() {
        long position = lost.get();
        if (isBroken || position > noticed) {
            noticed = position;
            beginAnew(Math.max(position, reached));
        }
    }

    private void take(Commit commit) {
        if (commit.erases()) {
            dig();
        }
        long hole = holes.isEmpty() ? 0 : holes.last();
        for (Event event : commit.events()) {
            summaries.add(event, hole); // the counts of a hole are found in storage
        }
        if (summaries.bytes() > mostBytes) {
            dig();
        }
        reach(commit.lastTimetoken(), commit.erases());
    }

    /** The periods of the summaries that are not handed over become holes. */
    private void dig() {
        holes.addAll(summaries.drop());
    }

    /** Hands over all up to a timetoken; all events up to it have been taken in. */
    private void reach(long upTo, boolean erases) {
        if (!holes.isEmpty() && upTo >= holes.first()) {
            if (erases || upTo >= period.settled(holes.first())) {
                while (summaries.first(upTo) != Long.MAX_VALUE) {
                    var _ = summaries.next();
                }
                holes.removeIf(end -> upTo >= period.settled(end));
                skipTo(upTo);
            }
            return;
        }
        List<Event> events = new ArrayList<>();
        while (summaries.first(upTo) != Long.MAX_VALUE) {
            events.add(summaries.next());
        }
        reached = upTo;
        if (!events.isEmpty() || erases) {
            Commit commit = new Commit(events, List.of(), List.of(), NodeChanges.NONE, upTo, erases);
            shards.values().forEach(shard -> hand(commit, shard));
        }
    }

    private void hand(Commit commit, Shard shard) {
        try {
            shard.hand(commit);
        } catch (RejectedExecutionException e) {
            // the loop has ended, and its polls with it
        } catch (Throwable e) {
            shard.missed(commit.lastTimetoken());
            failed("A commit could not be handed to an event loop, which reads it from storage", e);
        }
    }

    private void failed(String words, Throwable cause) {
        metrics.failures.increment();
        LOG.error(words, cause);
    }

    /** Time passes without commits. */
    private void pass() {
        long now = present.getAsLong(); // before it takes what waits: no commit up to it comes later
        takeWaiting();
        if (now > reached) {
            reach(now, false);
        }
        setTimer();
    }

    private void tick() {
        try {
            pass();
            expire();
            rest();
        } finally {
            if (isActive) {
                schedule(this::tick, TICK_MILLIS);
            }
        }
    }

    private void expire() {
        long position = reached;
        shards.forEach((loop, shard) -> {
            try {
                loop.execute(() -> shard.expire(position));
            } catch (RejectedExecutionException e) {
                // the loop has ended, and its polls with it
            }
        });
    }

    /** Does no more work when there has been no subscriber for a while. */
    private void rest() {
        long used = usedAt;
        if (nanoTime.getAsLong() - used > IDLE_NANOS && shards.values().stream().noneMatch(Shard::isAwaited)) {
            isActive = false;
            if (usedAt == used) {
                summaries.clear();
                holes.clear();
            } else {
                isActive = true;
                beginAnew(committed);
            }
        }
    }

    /** When the next summaries are due, it looks whether time has passed, if no commit says so before. */
    private void setTimer() {
        long due = holes.isEmpty() ? summaries.settled() : period.settled(holes.first());
        long millis = due == 0 || isTimed ? Long.MAX_VALUE : (due - time.getAsLong()) / STEPS_IN_A_MILLI + 1;
        if (millis < TICK_MILLIS) { // else a tick comes before
            isTimed = true;
            schedule(() -> {
                isTimed = false;
                pass();
            }, millis > 0 ? millis : LATE_MILLIS);
        }
    }

    private void run(Runnable work) {
        schedule(work, 0);
    }

    private void schedule(Runnable work, long millis) {
        try {
            thread.run(guarded(work), millis);
        } catch (RejectedExecutionException e) {
            // the server stops
        }
    }

    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable e) { // what was taken in may be lost: all polls look in storage
                isBroken = true;
                lost.accumulateAndGet(committed, Math::max);
                failed("Summaries of actions could not be made", e);
            }
        };
    }
}
