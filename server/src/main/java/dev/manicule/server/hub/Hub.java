package dev.manicule.server.hub;

import dev.manicule.server.limits.Workers;
import dev.manicule.server.journal.CommitListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Tells subscribers what was committed. It is made of one {@link Shard} for each event loop. */
public final class Hub implements CommitListener, AutoCloseable {
    /** The most events of one answer. */
    public static final int MOST_EVENTS = 100;
    private static final long EXPIRY_MILLIS = 200;

    private final Groups groups;
    private final HubFigures figures = new HubFigures();
    private final PresenceInterest interest;
    private final List<Future<?>> expiries = new ArrayList<>();
    private final IdentityHashMap<Executor, Shard> shards = new IdentityHashMap<>();

    /**
     * A hub over some event loops, single threads each.
     *
     * @param groups which channels are in which groups; kept up to date from now on
     * @param workers read storage
     * @param time tells the present timetoken
     * @param nanoTime a clock that does not step back, in nanoseconds
     * @param patience how long a poll is parked
     * @param position all events up to it are committed, and nothing was committed after it
     */
    public Hub(Collection<? extends ScheduledExecutorService> loops, Workers workers, FeedReader feed,
            Groups groups, LongSupplier time, LongSupplier nanoTime, Duration patience, long position) {
        this.groups = groups;
        interest = new PresenceInterest(groups, nanoTime);
        for (ScheduledExecutorService loop : loops) {
            Shard shard = new Shard(loop, workers, feed, groups, figures, time, nanoTime, patience, position);
            shards.put(loop, shard);
            expiries.add(loop.scheduleAtFixedRate(shard::expire, EXPIRY_MILLIS, EXPIRY_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    /** What it has done so far. */
    public HubFigures figures() {
        return figures;
    }

    /** Which presence channels are listened to. */
    public PresenceInterest interest() {
        return interest;
    }

    /** The shard of an event loop. */
    public Shard shard(Executor loop) {
        return Objects.requireNonNull(shards.get(loop), "an event loop of this hub");
    }

    @Override
    public void committed(Commit commit) {
        commit.groups().forEach(groups::replace);
        if (!commit.events().isEmpty() || commit.erases()) {
            shards.forEach((loop, shard) -> loop.execute(() -> shard.tell(commit)));
        }
    }

    /** Looks at polls no more. After {@link #drain}, and when no commits come any more. */
    @Override
    public void close() {
        expiries.forEach(expiry -> expiry.cancel(false));
    }

    /** Answers all parked polls with their cursor, and polls that come later at once. Waits until it is done. */
    public void drain() throws InterruptedException {
        CountDownLatch drained = new CountDownLatch(shards.size());
        shards.forEach((loop, shard) -> loop.execute(() -> {
            shard.drain();
            drained.countDown();
        }));
        drained.await();
    }
}
