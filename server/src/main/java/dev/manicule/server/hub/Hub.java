package dev.manicule.server.hub;

import dev.manicule.server.limits.BoundedLog;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.journal.CommitListener;
import dev.manicule.server.model.ChannelGroup.Members;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Delivers commits to subscribers. It has one {@link Shard} for each event loop. */
public final class Hub implements CommitListener, AutoCloseable {
    /** The most events of one delivery. */
    public static final int MOST_EVENTS = 100;
    /** The most bytes of the events of one delivery, unless a single one has more. */
    public static final long MOST_BYTES = 256 << 10;
    private static final BoundedLog LOG = new BoundedLog(LoggerFactory.getLogger(Hub.class));
    private static final long EXPIRY_MILLIS = 200;

    private final Groups groups;
    private final HubMetrics metrics = new HubMetrics();
    private final PresenceInterest interest;
    private final List<Future<?>> expiries = new ArrayList<>();
    /** In the order of the loops, in which commits are handed to them. */
    private final Map<Executor, Shard> shards = new LinkedHashMap<>();
    private final Map<SummaryPeriod, SummaryStream> summaries = new EnumMap<>(SummaryPeriod.class);
    private final SummaryThread thread = new SummaryThread();

    /**
     * A hub over some event loops, single threads each.
     *
     * @param groups which channels are in which groups; kept up to date from now on
     * @param interest which presence channels are listened to; takes the notes of subscriptions
     * @param workers read storage
     * @param time returns the present timetoken
     * @param nanoTime a clock that does not step back, in nanoseconds
     * @param patience how long a poll is parked
     * @param position all events up to it are committed, and nothing was committed after it
     */
    public Hub(Collection<? extends ScheduledExecutorService> loops, Workers workers, FeedReader feed,
            Groups groups, PresenceInterest interest, LongSupplier time, LongSupplier nanoTime, Duration patience,
            long position) {
        this.groups = groups;
        this.interest = interest;
        for (ScheduledExecutorService loop : loops) {
            shards.put(loop, new Shard(loop, workers, new Events(feed, groups, null, time, position), metrics,
                    nanoTime, patience));
        }
        for (SummaryPeriod period : SummaryPeriod.values()) {
            Map<Executor, Shard> its = new LinkedHashMap<>();
            for (ScheduledExecutorService loop : loops) {
                its.put(loop, new Shard(loop, workers, new Events(feed, groups, period, time, position), metrics,
                        nanoTime, patience));
            }
            summaries.put(period, new SummaryStream(period, its, thread, metrics, time, nanoTime, position,
                    SummaryStream.MOST_BYTES));
        }
    }

    /** The thread that makes summaries, from the first time that it is needed. Any thread may call this. */
    private static final class SummaryThread implements SummaryStream.Later {
        private @Nullable ScheduledExecutorService thread;
        private boolean isClosed;

        @Override
        public synchronized void run(Runnable work, long millis) {
            ScheduledExecutorService known = thread;
            if (known == null) {
                if (isClosed) {
                    return;
                }
                known = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("manicule-summaries").factory());
                thread = known;
            }
            var _ = known.schedule(work, millis, TimeUnit.MILLISECONDS);
        }

        synchronized void close() {
            isClosed = true;
            if (thread != null) {
                thread.shutdownNow();
            }
        }
    }

    /**
     * Answers polls that time out, from now on.
     *
     * @param present returns a timetoken up to which all events have been handed to {@link #committed}; later ones are
     *        higher
     */
    public void begin(LongSupplier present) {
        summaries.values().forEach(each -> each.begin(present));
        shards.forEach((loop, shard) -> expiries.add(((ScheduledExecutorService) loop).scheduleAtFixedRate(
                () -> expire(loop, shard, present), EXPIRY_MILLIS, EXPIRY_MILLIS, TimeUnit.MILLISECONDS)));
    }

    /** The counts of its work so far. */
    public HubMetrics metrics() {
        return metrics;
    }

    /** Which presence channels are listened to. */
    public PresenceInterest interest() {
        return interest;
    }

    /** The shard of an event loop. */
    public Shard shard(Executor loop) {
        return Objects.requireNonNull(shards.get(loop), "an event loop of this hub");
    }

    /**
     * The shard of an event loop.
     *
     * @param period how often its polls receive summaries of actions in place of their events; null for these events
     */
    public Shard shard(Executor loop, @Nullable SummaryPeriod period) {
        return period == null
                ? shard(loop)
                : Objects.requireNonNull(summaries.get(period), "each period").shard(loop);
    }

    /**
     * Every shard receives the commit, whatever another throws; one that can't receive it now does as soon as it can.
     */
    @Override
    public void committed(Commit commit) {
        for (Members changed : commit.groups()) {
            try {
                groups.replace(changed);
            } catch (Throwable e) {
                failed("A changed group could not be taken in", e);
            }
        }
        if (!commit.events().isEmpty() || commit.erases()) {
            shards.forEach((loop, shard) -> hand(commit, shard));
            for (SummaryStream each : summaries.values()) {
                try {
                    each.committed(commit);
                } catch (Throwable e) {
                    failed("Summaries of actions could not be made", e);
                }
            }
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

    /** In a turn of its own: the loop runs it after all commits that were handed to it before. */
    private void expire(Executor loop, Shard shard, LongSupplier present) {
        try {
            long reached = present.getAsLong();
            loop.execute(() -> expire(shard, reached));
        } catch (RejectedExecutionException e) {
            // the loop has ended, and its polls with it
        } catch (Throwable e) { // which would be the last time, otherwise
            failed("Polls could not be expired", e);
        }
    }

    private void expire(Shard shard, long reached) {
        try {
            shard.expire(reached);
        } catch (Throwable e) { // which would be the last time, otherwise
            failed("Polls could not be expired", e);
        }
    }

    private void failed(String what, Throwable cause) {
        metrics.failures.increment();
        LOG.error(what, cause);
    }

    /** Stops the expiry of polls. After {@link #drain}, and when no commits come any more. */
    @Override
    public void close() {
        expiries.forEach(expiry -> expiry.cancel(false));
        thread.close();
    }

    /** Answers all parked polls with their cursor, and polls that come later at once. Waits until it is done. */
    public void drain() throws InterruptedException {
        CountDownLatch drained = new CountDownLatch(shards.size());
        shards.forEach((loop, shard) -> loop.execute(() -> {
            try {
                shard.drain();
                summaries.values().forEach(each -> each.drain(loop));
            } finally {
                drained.countDown();
            }
        }));
        drained.await();
    }
}
