package dev.manicule.server.push;

import dev.manicule.server.command.FollowFeed;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.model.Timetoken;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Whether this node is the one that reads the feed under a name, by {@link FollowFeed}. It trusts a lease for less time
 * than others do, and counts that time from before the command on, so that two nodes hardly ever hold it at once.
 */
final class FeedLease {
    private static final long LEASE = Timetoken.steps(Duration.ofSeconds(15));
    private static final long TRUSTED_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Journal journal;
    private final String reader;
    private final long node;
    private final boolean isShared;
    private final LongSupplier nanoTime;
    /** Only the thread that reads writes it. */
    private volatile long heldAt;
    private volatile boolean isHeld;
    private long upTo;

    /**
     * A lease that is not held yet.
     *
     * @param isShared whether other nodes may want it
     */
    FeedLease(Journal journal, String reader, long node, boolean isShared, LongSupplier nanoTime) {
        this.journal = journal;
        this.reader = reader;
        this.node = node;
        this.isShared = isShared;
        this.nanoTime = nanoTime;
    }

    /** Whether this node holds it. Any thread may call it. */
    boolean isHeld() {
        return isHeld && (!isShared || nanoTime.getAsLong() - heldAt < TRUSTED_NANOS);
    }

    /** The timetoken up to which the log says that all is done. */
    long upTo() {
        return upTo;
    }

    /** Gets the lease; false when another node has it, or the log takes no writes. */
    boolean take() throws InterruptedException {
        return follow(0);
    }

    /** Renews the lease and notes the progress, if either is due. */
    void keep(long done) throws InterruptedException {
        long age = nanoTime.getAsLong() - heldAt;
        if ((isShared && age > RENEWAL_NANOS) || (done > upTo && age > PROGRESS_NANOS)) {
            var _ = follow(done);
        }
    }

    /** Notes the progress at the end. */
    void end(long done) {
        if (isHeld() && done > upTo) {
            journal.submit(new FollowFeed(reader, node, done, LEASE), outcome -> {});
        }
    }

    private boolean follow(long done) throws InterruptedException {
        long began = nanoTime.getAsLong();
        CompletableFuture<FollowFeed.Outcome> decided = new CompletableFuture<>();
        journal.submit(new FollowFeed(reader, node, done, LEASE), decided::complete);
        try {
            switch (decided.get(TRUSTED_NANOS, TimeUnit.NANOSECONDS)) {
                case FollowFeed.FeedFollowed(long from) -> {
                    upTo = from;
                    heldAt = began;
                    isHeld = true;
                    return true;
                }
                case FollowFeed.FollowedByOther _ -> isHeld = false;
                default -> {
                    // the log takes no writes for now: the lease holds as long as it is trusted
                }
            }
        } catch (TimeoutException | ExecutionException e) {
            isHeld = false;
        }
        return false;
    }
}
