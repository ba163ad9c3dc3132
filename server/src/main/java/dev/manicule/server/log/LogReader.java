package dev.manicule.server.log;

import org.jspecify.annotations.Nullable;

/**
 * Reads the durable entries of a log in the order of their offsets. For one thread.
 *
 * @param <E> an entry
 */
public interface LogReader<E> extends AutoCloseable {
    /**
     * The next batch: its first offset is the one after the last that this reader returned.
     *
     * @param millis how long to wait for one, in milliseconds; with 0, a batch below the log's {@link Log#end} is still returned
     * @return null when no batch became durable in that time
     * @throws LogException when the entries can't be read: disk or network fail, they have been released, or the log is
     *     closed. The reader stays at its offset, and the caller may try again.
     */
    @Nullable
    Batch<E> next(long millis) throws InterruptedException, LogException;

    /** Gives back what the reader holds open. */
    @Override
    void close();
}
