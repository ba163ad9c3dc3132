package dev.manicule.server.log;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory, for tests and servers that keep nothing. Grows until it is released. Appends fail when a test
 * requests it.
 *
 * @param <E> an entry
 */
public final class MemoryLog<E> implements Log<E> {
    private static final String CLOSED = "the log is closed";

    private final LogTime time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeMap<Long, Batch<E>> batches = new TreeMap<>();
    private @Nullable Batch<E> doubt;
    private boolean failsNext;
    private boolean failsInDoubt;
    private boolean isClosed;
    private long end;

    /**
     * An empty log.
     *
     * @param firstOffset the offset of its first entry, 0 or more
     * @param clock gives the log its time
     */
    public MemoryLog(long firstOffset, InstantSource clock) {
        if (firstOffset < 0) {
            throw new IllegalArgumentException("An offset is 0 or more.");
        }
        end = firstOffset;
        time = new LogTime(clock, 0);
    }

    /** Has the next append fail; in doubt, its entries are in the log after {@link #resolveDoubt}. */
    public void failNext(boolean inDoubt) {
        lock.lock();
        try {
            failsNext = true;
            failsInDoubt = inDoubt;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void append(List<E> entries, AppendFailure onFailure) {
        if (entries.isEmpty()) {
            return;
        }
        boolean isFailure;
        boolean inDoubt;
        String reason;
        lock.lock();
        try {
            isFailure = isClosed || doubt != null || failsNext;
            inDoubt = !isClosed && doubt == null && failsNext && failsInDoubt;
            reason = isClosed ? CLOSED : "the disk fails";
            failsNext = false;
            Batch<E> batch = new Batch<>(end, time.now(), entries);
            if (inDoubt) {
                doubt = batch;
            } else if (!isFailure) {
                publish(batch);
            }
        } finally {
            lock.unlock();
        }
        if (isFailure) {
            AppendFailure.report(onFailure, reason, inDoubt);
        }
    }

    private void publish(Batch<E> batch) {
        batches.put(batch.firstOffset(), batch);
        end = batch.endOffset();
        changed.signalAll();
    }

    @Override
    public boolean resolveDoubt() {
        lock.lock();
        try {
            if (doubt != null && !isClosed) {
                publish(doubt);
                doubt = null;
            }
            return doubt == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LogReader<E> reader(long from) throws LogException {
        lock.lock();
        try {
            if (from < begin() || from > end) {
                throw new LogException("Offset " + from + " is not in the log, from " + begin() + " to " + end + ".");
            }
        } finally {
            lock.unlock();
        }
        return new Reader(from);
    }

    @Override
    public long begin() {
        lock.lock();
        try {
            return batches.isEmpty() ? end : batches.firstKey();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long end() {
        lock.lock();
        try {
            return end;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void release(long below) {
        lock.lock();
        try {
            while (!batches.isEmpty() && batches.firstEntry().getValue().endOffset() <= below) {
                batches.pollFirstEntry();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Reader implements LogReader<E> {
        private long next;

        Reader(long from) {
            next = from;
        }

        @Override
        public @Nullable Batch<E> next(long millis) throws InterruptedException, LogException {
            lock.lockInterruptibly();
            try {
                long left = TimeUnit.MILLISECONDS.toNanos(millis);
                while (!isClosed && end <= next && left > 0) {
                    left = changed.awaitNanos(left);
                }
                if (isClosed) {
                    throw new LogException(CLOSED);
                }
                if (end <= next) {
                    return null;
                }
                Map.Entry<Long, Batch<E>> found = batches.floorEntry(next);
                if (found == null) {
                    throw new LogException("Offset " + next + " has been released.");
                }
                Batch<E> batch = found.getValue().from(next);
                next = batch.endOffset();
                return batch;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
