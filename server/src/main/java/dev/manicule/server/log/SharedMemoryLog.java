package dev.manicule.server.log;

import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A log in memory that the nodes of a cluster in one process share, for tests. Each node has a {@link MemoryLink} to it, which a test can cut or slow down, and
 * opens the log over that link as often as it starts: what it gets is a {@link Log} of its own, whose {@link Log#close} ends nothing for the others.
 *
 * <p>The log keeps an entry until all nodes have released it. So a node that is stopped finds at its next start what it missed, and the log grows meanwhile.
 *
 * <p>Any thread may use it; the logs that it gives are used as {@link Log} says.
 *
 * @param <E> an entry
 */
public final class SharedMemoryLog<E> {
    private final MemoryLog<E> memory;
    private final LongSupplier nanoTime;
    private final ReentrantLock appending = new ReentrantLock();
    /** When appends came, by the offset behind their last entry: both rise. */
    private final ConcurrentSkipListMap<Long, Long> arrivals = new ConcurrentSkipListMap<>();
    /** Below which offset each node needs no entries. Guarded by itself. */
    private final Map<MemoryLink, Long> released = new HashMap<>();

    /**
     * An empty log.
     *
     * @param firstOffset the offset of its first entry, 0 or more
     * @param clock gives the log its time
     * @param nanoTime nanoseconds since some moment, never stepping back: it measures the delay of slow links
     * @param links those of all nodes, whether they run or not
     */
    public SharedMemoryLog(long firstOffset, InstantSource clock, LongSupplier nanoTime,
            Collection<MemoryLink> links) {
        memory = new MemoryLog<>(firstOffset, clock);
        this.nanoTime = nanoTime;
        links.forEach(link -> released.put(link, firstOffset));
    }

    /**
     * The log for a node that starts. The node gets all that the log has so far; later entries come over its link.
     *
     * @throws IllegalArgumentException when the link is none of those of this log
     */
    public Log<E> open(MemoryLink link) {
        synchronized (released) {
            if (!released.containsKey(link)) {
                throw new IllegalArgumentException("A log is opened over a link that it was made with.");
            }
        }
        link.open();
        return new NodeLog<>(this, link, memory.end());
    }

    /** Has appends of all nodes wait until the returned pause is closed, by the thread that made it. */
    public Pause pause() {
        appending.lock();
        return new Pause();
    }

    /** A time in which the log does not grow. */
    public final class Pause implements AutoCloseable {
        private Pause() {}

        /** The end of the log. */
        public long end() {
            return memory.end();
        }

        @Override
        public void close() {
            appending.unlock();
        }
    }

    MemoryLog<E> memory() {
        return memory;
    }

    void append(List<E> entries) {
        appending.lock();
        try {
            memory.append(entries, (reason, inDoubt) -> {
                throw new IllegalStateException("A log in memory does not fail by itself: " + reason);
            });
            arrivals.put(memory.end(), nanoTime.getAsLong());
        } finally {
            appending.unlock();
        }
        synchronized (released) {
            released.keySet().forEach(MemoryLink::wake);
        }
    }

    /** The offset below which all had come so long ago. */
    long reach(long known, long delayNanos) {
        if (delayNanos == 0) {
            return memory.end();
        }
        long latest = nanoTime.getAsLong() - delayNanos;
        long reach = known;
        for (Map.Entry<Long, Long> next = arrivals.higherEntry(reach); next != null
                && next.getValue() - latest <= 0; next = arrivals.higherEntry(reach)) {
            reach = next.getKey();
        }
        return reach;
    }

    void release(MemoryLink link, long below) {
        synchronized (released) {
            released.merge(link, below, Math::max);
            long unneeded = released.values().stream().mapToLong(Long::longValue).min().orElse(0);
            memory.release(unneeded);
            arrivals.headMap(unneeded, true).clear();
        }
    }
}
