package dev.manicule.server.journal;

import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.limits.Turns;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The writes that wait for the journal, in two lanes. In the first, what comes first goes first: it is that of clients
 * whose connection has few writes waiting, as nearly all have. Connections with many take turns in the second.
 *
 * <p>What waits is charged as {@link Resource#WRITES} and {@link Resource#WRITE_BYTES}. Any thread may add; one takes.
 *
 * @param <T> a write
 */
final class WriteQueue<T> {
    /** A connection with more writes waiting takes turns with others like it. */
    private static final int FEW = 16;
    /** With so many bytes a batch has enough: some ten milliseconds of the disk. */
    private static final long MOST_BYTES = 4 << 20;
    /** Of a batch, the second lane gets a part at least. */
    private static final int PART_OF_TURNS = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final ArrayDeque<Entry<T>> first = new ArrayDeque<>();
    private final Turns<Entry<T>> second = new Turns<>();

    private record Entry<T>(T write, @Nullable Charge count, @Nullable Charge bytes) {
        long size() {
            return bytes == null ? 0 : bytes.amount();
        }

        void release() {
            if (count != null) {
                count.release();
            }
            if (bytes != null) {
                bytes.release();
            }
        }
    }

    /** Adds a write; false when its client has too much waiting, or all clients together have. */
    boolean add(Client client, T write, long size) {
        Charge count = client.charge(Resource.WRITES, 1);
        if (count == null) {
            return false;
        }
        Charge bytes = client.charge(Resource.WRITE_BYTES, size);
        if (bytes == null) {
            count.release();
            return false;
        }
        Entry<T> entry = new Entry<>(write, count, bytes);
        lock.lock();
        try {
            if (count.heldByConnection() <= FEW) {
                first.add(entry);
            } else {
                second.add(client, entry);
            }
            added.signal();
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** How many writes wait. */
    int size() {
        lock.lock();
        try {
            return first.size() + second.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a batch.
     *
     * @param most the most writes
     * @param millis how long to wait for the first one
     * @return whether there was any
     */
    boolean take(Collection<? super T> batch, int most, long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (isEmpty() && left > 0) {
                left = added.awaitNanos(left);
            }
            long bytes = 0;
            int count = 0;
            int ofTurns = Math.min(second.size(), most / PART_OF_TURNS);
            while (count < most - ofTurns && bytes < MOST_BYTES - MOST_BYTES / PART_OF_TURNS && !first.isEmpty()) {
                bytes += move(first.poll(), batch);
                count++;
            }
            while (count < most && bytes < MOST_BYTES && second.size() > 0) {
                bytes += move(second.poll(), batch);
                count++;
            }
            return bytes > 0 || !batch.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Takes all there is. */
    void drainAll(Collection<? super T> all) {
        lock.lock();
        try {
            while (!isEmpty()) {
                Entry<T> entry = first.poll();
                long _ = move(entry == null ? second.poll() : entry, all);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isEmpty() {
        return first.isEmpty() && second.size() == 0;
    }

    private long move(@Nullable Entry<T> entry, Collection<? super T> batch) {
        if (entry == null) {
            return 0;
        }
        long size = entry.size();
        entry.release();
        batch.add(entry.write());
        return size;
    }
}
