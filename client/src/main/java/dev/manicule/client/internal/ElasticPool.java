package dev.manicule.client.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A few threads for tasks that may block, even until a later task has run. While tasks wait and every thread blocks,
 * there is one more thread every {@link #PATIENCE_MILLIS}. A thread that waits for a socket or the disk looks like one
 * that is busy, so there is one more also when no task has ended for {@link #LONG_MILLIS}.
 *
 * <p>It takes tasks after it was closed, too: a call that is under way then has an outcome all the same.
 */
final class ElasticPool implements Executor {
    private static final int MOST = 1_000;
    private static final long PATIENCE_MILLIS = 20;
    private static final long LONG_MILLIS = 1_000;
    private static final long IDLE_SECONDS = 10;

    private final int few;
    private final ScheduledExecutorService loop;
    private final ThreadPoolExecutor threads;
    /** Runs what comes after the end, one after the other. */
    private final ThreadPoolExecutor last;
    /** The threads that run. */
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isWatched = new AtomicBoolean();

    ElasticPool(int few, ScheduledExecutorService loop, ThreadFactory factory) {
        this.few = few;
        this.loop = loop;
        threads = pool(few, MOST, task -> factory.newThread(() -> {
            running.add(Thread.currentThread());
            try {
                task.run();
            } finally {
                running.remove(Thread.currentThread());
            }
        }));
        last = pool(1, 1, factory);
        threads.setRejectedExecutionHandler((task, pool) -> last.execute(task));
    }

    private static ThreadPoolExecutor pool(int size, int most, ThreadFactory factory) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(size, most, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
        if (!threads.getQueue().isEmpty() && isWatched.compareAndSet(false, true)) {
            watch(threads.getCompletedTaskCount(), 0);
        }
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
        long completed = threads.getCompletedTaskCount();
        if (!threads.getQueue().isEmpty()) {
            boolean hasEnded = completed != completedBefore;
            if (!hasEnded && (allBlock() || millisWithout >= LONG_MILLIS)) {
                threads.setCorePoolSize(Math.min(threads.getCorePoolSize() + 1, MOST));
                watch(completed, 0);
            } else {
                watch(completed, hasEnded ? 0 : millisWithout);
            }
            return;
        }
        threads.setCorePoolSize(few); // idle threads above it end
        isWatched.set(false);
        if (!threads.getQueue().isEmpty() && isWatched.compareAndSet(false, true)) {
            watch(completed, 0);
        }
    }

    private boolean allBlock() {
        return running.stream().noneMatch(thread -> thread.getState() == Thread.State.RUNNABLE);
    }

    /** Ends its threads; waits so long for running tasks, and interrupts them then. What waits still runs, elsewhere. */
    void close(long millis) {
        threads.shutdown();
        try {
            if (threads.awaitTermination(millis, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean wasInterrupted = Thread.currentThread().isInterrupted();
        threads.shutdownNow().forEach(last::execute);
        if (running.contains(Thread.currentThread()) && !wasInterrupted) {
            boolean unused = Thread.interrupted(); // a callback that closes the client goes on
        }
    }
}
