package dev.manicule.server.http;

import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.TimeShares;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of an event loop for the input of its connections. While there is little input, it is processed as it is
 * read. When there is more, clients get equal shares of the time, a millisecond in each round of the loop, however much
 * they send. A connection that sends one request at a time does not wait for those that send many, unless there are
 * very many of its kind.
 *
 * <p>Belongs to its event loop.
 */
final class LoopShares {
    private static final long ROUND_NANOS = 1_000_000;
    /** As much as hundreds of connections that send a request at a time need: their writes should be one batch. */
    private static final long SMALL_NANOS = 20_000_000;
    private static final int SMALL_BYTES = 2_000;

    private final ScheduledExecutorService loop;
    private final LongSupplier nanoTime;
    private final TimeShares<Inbound> waiting = new TimeShares<>();
    private boolean isScheduled;
    /** The time spent on input as it was read, since the last round. */
    private long spent;

    /**
     * The time of a loop.
     *
     * @param nanoTime the clock
     */
    LoopShares(ScheduledExecutorService loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    /** Nanoseconds, as {@link System#nanoTime()} has them. */
    long now() {
        return nanoTime.getAsLong();
    }

    /** Whether so many bytes that were read now, and all that their client has sent, may be processed now. */
    boolean isFree(int bytes) {
        return isSmall(bytes) ? spent < SMALL_NANOS : spent < ROUND_NANOS && waiting.size() == 0;
    }

    /** Whether this is no more than a usual request. */
    static boolean isSmall(int bytes) {
        return bytes <= SMALL_BYTES;
    }

    /** Counts time spent on input as it was read. */
    void spent(long nanos) {
        spent += nanos;
        if (spent >= ROUND_NANOS) {
            schedule();
        }
    }

    /** Lets a connection take its turns until it has nothing more to do. */
    void add(Client client, Inbound connection) {
        waiting.add(client, connection);
        schedule();
    }

    private void schedule() {
        if (!isScheduled) {
            isScheduled = true;
            // a task that is scheduled is for the next round, and one that is submitted for this one
            var _ = loop.schedule(this::round, 0, TimeUnit.NANOSECONDS);
        }
    }

    private void round() {
        isScheduled = false;
        spent = 0;
        long begin = now();
        long now = begin;
        while (waiting.size() > 0 && now - begin < ROUND_NANOS) {
            TimeShares.Next<Inbound> next = waiting.poll();
            if (next == null) {
                break;
            }
            boolean hasMore = next.item().turn();
            long end = now();
            waiting.used(next, end - now);
            now = end;
            if (hasMore) {
                waiting.putBack(next.item().client(), next.item());
            }
        }
        if (waiting.size() > 0) {
            schedule();
        }
    }
}
