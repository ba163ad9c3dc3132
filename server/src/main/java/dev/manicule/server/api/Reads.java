package dev.manicule.server.api;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.Executor;

/** The threads that read storage, so that no event loop waits for a disk. */
public final class Reads implements Executor, AutoCloseable {
    private static final int QUEUE = 16_384;

    private final ThreadPoolExecutor threads;

    /** Starts that many threads. */
    public Reads(int count) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE),
                task -> Thread.ofPlatform().name("manicule-read-" + number.incrementAndGet()).daemon().unstarted(task));
    }

    /**
     * Runs a read, soon.
     *
     * @throws RejectedExecutionException when too many are waiting
     */
    @Override
    public void execute(Runnable read) {
        threads.execute(read);
    }

    /** Ends the threads, once they are through with what was accepted. */
    @Override
    public void close() {
        threads.close();
    }
}
