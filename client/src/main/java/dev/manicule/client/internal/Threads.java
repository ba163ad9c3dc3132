package dev.manicule.client.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a client and of all clients that were made from it by {@code as}. All are daemons, and end with
 * {@link #close}.
 *
 * <p>One thread runs all subscriptions and never blocks. {@link #FEW} workers call listeners and callbacks, for any
 * number of users. A callback may block, even until another callback has run: while tasks wait and no worker completes
 * one, there is one more worker every {@link #PATIENCE_MILLIS}.
 */
public final class Threads implements Executor, AutoCloseable {
    private static final int FEW = 4;
    private static final int MOST = 1_000;
    private static final long PATIENCE_MILLIS = 20;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSING_MILLIS = 500;
    private static final int TLS_THREADS = 2;
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private final ScheduledExecutorService loop;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor tls;
    private final AtomicBoolean isWatched = new AtomicBoolean();

    /** Starts no thread yet. */
    public Threads() {
        String prefix = "manicule-client-" + CLIENTS.incrementAndGet();
        loop = Executors.newSingleThreadScheduledExecutor(daemons(prefix + "-subscribe-"));
        workers = pool(FEW, prefix + "-worker-");
        tls = pool(TLS_THREADS, prefix + "-tls-");
    }

    private ThreadPoolExecutor pool(int size, String prefix) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(size, Math.max(size, MOST), IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), daemons(prefix));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** The thread of the subscriptions. Its tasks must not block. */
    ScheduledExecutorService loop() {
        return loop;
    }

    /** Where the JDK's client encrypts and decrypts. */
    Executor tls() {
        return tls;
    }

    /**
     * Runs a task on a worker, where it may block.
     *
     * @throws RejectedExecutionException when the client is closed
     */
    @Override
    public void execute(Runnable task) {
        workers.execute(task);
        if (!workers.getQueue().isEmpty() && isWatched.compareAndSet(false, true)) {
            watch();
        }
    }

    private void watch() {
        long completed = workers.getCompletedTaskCount();
        try {
            var unused = loop.schedule(() -> growIfAllBlock(completed), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            isWatched.set(false); // the client is closed
        }
    }

    private void growIfAllBlock(long completedBefore) {
        if (!workers.getQueue().isEmpty()) {
            if (workers.getCompletedTaskCount() == completedBefore) {
                workers.setCorePoolSize(Math.min(workers.getCorePoolSize() + 1, MOST));
            }
            watch();
            return;
        }
        workers.setCorePoolSize(FEW); // idle threads above it end
        isWatched.set(false);
        if (!workers.getQueue().isEmpty() && isWatched.compareAndSet(false, true)) {
            watch();
        }
    }

    /** Whether the calling thread is one of these. */
    boolean isOwn() {
        return Thread.currentThread() instanceof Daemon daemon && daemon.owner == this;
    }

    /** Ends all threads; waits for running tasks a little, unless one of them calls it, and interrupts them then. */
    @Override
    public void close() {
        loop.shutdown();
        await(loop);
        workers.shutdown();
        await(workers);
        tls.shutdown();
    }

    private void await(ExecutorService executor) {
        try {
            if (isOwn() || !executor.awaitTermination(CLOSING_MILLIS, TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** A thread that knows which client it is of. */
    private static final class Daemon extends Thread {
        private final Threads owner;

        Daemon(Threads owner, Runnable task, String name) {
            super(task, name);
            this.owner = owner;
            setDaemon(true);
        }
    }

    private ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> new Daemon(this, task, prefix + number.incrementAndGet());
    }
}
