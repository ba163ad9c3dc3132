package dev.manicule.server.log;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SharedMemoryLog} as one run of one node has it.
 *
 * @param <E> an entry
 */
final class NodeLog<E> implements Log<E> {
    private static final String CLOSED = "the log is closed";
    /** How often a waiting reader checks the clock, which may leap. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long HURRIED_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final SharedMemoryLog<E> shared;
    private final MemoryLink link;
    private volatile boolean isInDoubt;
    private volatile boolean isClosed;
    /** The offset up to which the node knows the log. Guarded by the link's lock. */
    private long reach;

    NodeLog(SharedMemoryLog<E> shared, MemoryLink link, long reach) {
        this.shared = shared;
        this.link = link;
        this.reach = reach;
    }

    @Override
    public void append(List<E> entries, AppendFailure onFailure) {
        if (entries.isEmpty()) {
            return;
        }
        String reason;
        boolean inDoubt = false;
        link.sending().lock();
        try {
            reason = isClosed ? CLOSED : isInDoubt ? "an earlier append is in doubt" : null;
            if (reason == null) {
                MemoryLink.Failure failure = link.takeFailure();
                inDoubt = link.isCut() || failure == MemoryLink.Failure.UNACKNOWLEDGED;
                if (link.isCut()) {
                    reason = "the node is cut off from the log";
                } else if (failure == MemoryLink.Failure.REFUSED) {
                    reason = "the log refuses it";
                } else {
                    shared.append(entries);
                    reason = inDoubt ? "the log acknowledges nothing" : null;
                }
                isInDoubt = inDoubt;
            }
        } finally {
            link.sending().unlock();
        }
        if (reason != null) {
            AppendFailure.report(onFailure, reason, inDoubt);
        }
    }

    @Override
    public boolean resolveDoubt() {
        if (!link.isCut() && !isClosed) {
            isInDoubt = false;
        }
        return !isInDoubt;
    }

    @Override
    public LogReader<E> reader(long from) throws LogException {
        return new Reader(shared.memory().reader(from), from);
    }

    @Override
    public long begin() {
        return shared.memory().begin();
    }

    @Override
    public long end() {
        link.lock().lock();
        try {
            if (!link.isCut()) {
                reach = shared.reach(reach, link.delayNanos());
            }
            return reach;
        } finally {
            link.lock().unlock();
        }
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public void release(long below) {
        shared.release(link, below);
    }

    @Override
    public void close() {
        isClosed = true;
        link.wake();
    }

    private final class Reader implements LogReader<E> {
        private final LogReader<E> entries;
        private long next;

        Reader(LogReader<E> entries, long from) {
            this.entries = entries;
            next = from;
        }

        @Override
        public @Nullable Batch<E> next(long millis) throws InterruptedException, LogException {
            if (!isThere(millis)) {
                return null;
            }
            Batch<E> batch = entries.next(0);
            if (batch != null) {
                next = batch.endOffset();
            }
            return batch;
        }

        private boolean isThere(long millis) throws InterruptedException, LogException {
            link.lock().lockInterruptibly();
            try {
                long left = TimeUnit.MILLISECONDS.toNanos(millis);
                while (!isClosed && end() <= next && left > 0) {
                    left = link.isHurried() ? Math.min(left, HURRIED_NANOS) : left;
                    long wait = link.isSlow() ? Math.min(left, LOOK_NANOS) : left;
                    left -= wait - link.changed().awaitNanos(wait);
                }
                if (isClosed) {
                    throw new LogException(CLOSED);
                }
                return end() > next;
            } finally {
                link.lock().unlock();
            }
        }

        @Override
        public void close() {
            entries.close();
        }
    }
}
