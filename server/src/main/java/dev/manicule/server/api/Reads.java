package dev.manicule.server.api;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that read storage, so that no event loop waits for a disk. */
public final class Reads implements Executor, AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final Limits limits;

    /** Starts that many threads. */
    public Reads(int count, Limits limits) {
        this.limits = limits;
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform().name("manicule-read-" + number.incrementAndGet()).daemon().unstarted(task));
    }

    /**
     * Runs a read, soon.
     *
     * @throws RejectedExecutionException when too many are waiting
     */
    @Override
    public void execute(Runnable read) {
        if (waiting() >= limits.of(Limit.READS_WAITING)) {
            limits.reached(Limit.READS_WAITING);
            throw new RejectedExecutionException("too many reads are waiting");
        }
        threads.execute(read);
    }

    /** How many reads wait. */
    public int waiting() {
        return threads.getQueue().size();
    }

    /** Ends the threads, once they are through with what was accepted. */
    @Override
    public void close() {
        threads.close();
    }
}
