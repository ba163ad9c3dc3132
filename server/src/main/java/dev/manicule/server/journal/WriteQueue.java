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
 * <p>Waiting writes are charged as {@link Resource#WRITES} and {@link Resource#WRITE_BYTES}, until they are released.
 * Any thread may add; one takes.
 *
 * @param <T> a write
 */
final class WriteQueue<T extends WriteQueue.Write> {
    /** A connection with more writes waiting takes turns with others like it. */
    private static final int FEW = 16;
    /** A batch ends once it has so many bytes: some ten milliseconds of the disk. */
    private static final long MOST_BYTES = 4 << 20;
    /** The second lane gets at least a part of each batch. */
    private static final int PART_OF_TURNS = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final ArrayDeque<T> first = new ArrayDeque<>();
    private final Turns<T> second = new Turns<>();
    private boolean isAwake;

    /** A write, which its client pays for from its admission on until its outcome is known. */
    abstract static class Write {
        @Nullable
        Charge count;
        @Nullable
        Charge bytes;

        /** Gives back what it was charged, once. Any thread may, one at a time. */
        void release() {
            if (count != null) {
                count.release();
                count = null;
            }
            if (bytes != null) {
                bytes.release();
                bytes = null;
            }
        }

        long size() {
            return bytes == null ? 0 : bytes.amount();
        }
    }

    /** Adds a write; false when its client, or all clients together, have too many writes waiting. */
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
        write.count = count;
        write.bytes = bytes;
        lock.lock();
        try {
            if (count.heldByConnection() <= FEW) {
                first.add(write);
            } else {
                second.add(client, write);
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
            while (isEmpty() && left > 0 && !isAwake) {
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

    /** Stops {@link #take} from waiting, from now on. */
    void wake() {
        lock.lock();
        try {
            isAwake = true;
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes all there is. */
    void drainAll(Collection<? super T> all) {
        lock.lock();
        try {
            while (!isEmpty()) {
                T write = first.poll();
                long _ = move(write == null ? second.poll() : write, all);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isEmpty() {
        return first.isEmpty() && second.size() == 0;
    }

    private long move(@Nullable T write, Collection<? super T> batch) {
        if (write == null) {
            return 0;
        }
        batch.add(write);
        return write.size();
    }
}
