package dev.manicule.client.internal;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks one after the other, in order, on threads that it shares with others. Between two of its tasks the tasks
 * of others come, so none waits for a long queue that is not its own. Any thread may use it.
 */
final class SerialExecutor implements Executor {
    private final Executor threads;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;
    private boolean closed;
    /** What keeps it from running the next task. */
    private final Set<Object> holders = new HashSet<>();

    /** Runs tasks on threads that reject none. */
    SerialExecutor(Executor threads) {
        this.threads = threads;
    }

    /**
     * Runs a task, soon.
     *
     * @throws RejectedExecutionException when it is closed
     */
    @Override
    public synchronized void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("closed");
        }
        tasks.add(task);
        if (!running) {
            next();
        }
    }

    /** Runs no more tasks, beyond the one that runs, until each that has held it has released it. */
    synchronized void hold(Object by) {
        holders.add(by);
    }

    /** Runs tasks again, if no other holds it. */
    synchronized void release(Object by) {
        if (holders.remove(by) && !running) {
            next();
        }
    }

    private void runNext() {
        Runnable task;
        synchronized (this) {
            task = tasks.remove();
        }
        try {
            task.run();
        } finally {
            next();
        }
    }

    private synchronized void next() {
        running = !tasks.isEmpty() && holders.isEmpty();
        if (running) {
            threads.execute(this::runNext);
        } else {
            notifyAll();
        }
    }

    /** Accepts no more tasks. */
    synchronized void close() {
        closed = true;
    }

    /** Waits until all tasks have run, but not longer than this. */
    synchronized void await(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; running
                && left > 0; left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
            wait(left);
        }
    }
}
