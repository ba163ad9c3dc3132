package dev.manicule.server.limits;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads for all work that may wait for the disk or whose size a client chooses, so that no event loop does it.
 * Clients get equal {@link TimeShares shares of time}, so none waits for long work of others when its own is short.
 *
 * <p>Work that may be long is done in slices: a {@link Task} that has more to do goes to the end of its client's queue.
 * Waiting work is charged as {@link Resource#TASKS}.
 */
public final class WorkerThreads implements Workers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    /** Guarded by the lock. */
    private final TimeShares<Job> jobs = new TimeShares<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Guarded by the lock. */
    private boolean closing;

    private record Job(Client client, Task task, Charge charge) {}

    /**
     * Starts threads.
     *
     * @param name the beginning of their names
     */
    public WorkerThreads(String name, int count) {
        for (int i = 1; i <= count; i++) {
            threads.add(Thread.ofPlatform().name(name + "-" + i).daemon().start(this::run));
        }
    }

    @Override
    public void submit(Client client, Task task) {
        Charge charge = client.charge(Resource.TASKS, 1);
        if (charge == null) {
            throw new RejectedExecutionException("too many reads are waiting");
        }
        if (!add(new Job(client, task, charge), false)) {
            charge.release();
            throw new RejectedExecutionException("the server is stopping");
        }
    }

    /** How many tasks wait. */
    public int waiting() {
        return waiting.get();
    }

    /** Ends the threads, once they have done the accepted work. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true; // the tables may only be closed when no thread reads them
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean add(Job job, boolean isBegun) {
        lock.lock();
        try {
            if (closing && !isBegun) {
                return false;
            }
            jobs.add(job.client(), job);
            waiting.incrementAndGet();
            work.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (TimeShares.Next<Job> next = next(); next != null; next = next()) {
            Job job = next.item();
            boolean hasMore = false;
            long begin = System.nanoTime();
            try {
                hasMore = job.task().run();
            } catch (Throwable e) { // a worker must outlive any failure of one client's work
                LOG.error("A task failed", RedactedThrowable.of(e));
            }
            used(next, System.nanoTime() - begin);
            if (hasMore) {
                boolean _ = add(job, true);
            } else {
                job.charge().release();
            }
        }
    }

    private void used(TimeShares.Next<Job> next, long nanos) {
        lock.lock();
        try {
            jobs.used(next, nanos);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next job; null when the server stops and none is left. */
    private TimeShares.@Nullable Next<Job> next() {
        lock.lock();
        try {
            while (true) {
                TimeShares.Next<Job> next = jobs.poll();
                if (next != null) {
                    waiting.decrementAndGet();
                    return next;
                }
                if (closing) {
                    return null;
                }
                work.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
