package dev.manicule.client.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
 * number of users. A callback may block, even until another callback has run: while tasks wait and every worker blocks,
 * there is one more worker every {@link #PATIENCE_MILLIS}. A worker that waits for a socket or the disk looks like
 * one that is busy, so there is one more also when no task has ended for {@link #LONG_MILLIS}.
 */
public final class Threads implements Executor, AutoCloseable {
    private static final int FEW = 4;
    private static final int MOST = 1_000;
    private static final long PATIENCE_MILLIS = 20;
    private static final long LONG_MILLIS = 1_000;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSING_MILLIS = 400;
    private static final int TLS_THREADS = 2;
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private final ScheduledExecutorService loop;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor tls;
    /** The workers that run. */
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isWatched = new AtomicBoolean();

    /** Starts no thread yet. */
    public Threads() {
        String prefix = "manicule-client-" + CLIENTS.incrementAndGet();
        loop = Executors.newSingleThreadScheduledExecutor(daemons(prefix + "-subscribe-"));
        ThreadFactory daemons = daemons(prefix + "-worker-");
        workers = pool(FEW, task -> daemons.newThread(() -> {
            running.add(Thread.currentThread());
            try {
                task.run();
            } finally {
                running.remove(Thread.currentThread());
            }
        }));
        tls = pool(TLS_THREADS, daemons(prefix + "-tls-"));
    }

    private static ThreadPoolExecutor pool(int size, ThreadFactory factory) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(size, MOST, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), factory);
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
        watch(workers.getCompletedTaskCount(), 0);
    }

    /** Looks again, soon; by then so many tasks had ended, and none since so long. */
    private void watch(long completed, long millisWithout) {
        try {
            var unused = loop.schedule(() -> look(completed, millisWithout + PATIENCE_MILLIS), PATIENCE_MILLIS,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            isWatched.set(false); // the client is closed
        }
    }

    private void look(long completedBefore, long millisWithout) {
        if (!workers.getQueue().isEmpty()) {
            boolean hasEnded = workers.getCompletedTaskCount() != completedBefore;
            if (!hasEnded && (allBlock() || millisWithout >= LONG_MILLIS)) {
                workers.setCorePoolSize(Math.min(workers.getCorePoolSize() + 1, MOST));
                watch();
            } else {
                watch(workers.getCompletedTaskCount(), hasEnded ? 0 : millisWithout);
            }
            return;
        }
        workers.setCorePoolSize(FEW); // idle threads above it end
        isWatched.set(false);
        if (!workers.getQueue().isEmpty() && isWatched.compareAndSet(false, true)) {
            watch();
        }
    }

    private boolean allBlock() {
        return running.stream().noneMatch(thread -> thread.getState() == Thread.State.RUNNABLE);
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
