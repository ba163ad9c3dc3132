package dev.manicule.server.log;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The options of a {@link LocalLog}.
 *
 * @param segmentBytes how large a segment is, 1,024 to 1 GiB; a log may be opened with another size than before
 * @param recentBytes how many bytes of entries are kept in memory for readers at the end of the log, 0 or more; the last batch is
 *     always kept
 * @param clock gives the log its time
 * @param nanoTime measures durations, in nanoseconds
 * @param random gives numbers that a client can't guess
 * @param background runs work that no append should wait for; one task of each log at a time is enough
 * @param listener observes appends
 */
public record LocalLogOptions(int segmentBytes, long recentBytes, InstantSource clock, LongSupplier nanoTime,
        LongSupplier random,
        Executor background, LogListener listener) {
    private static final int LEAST_SEGMENT = 1 << 10;
    private static final int MOST_SEGMENT = 1 << 30;
    private static final int USUAL_SEGMENT = 16 << 20;
    private static final long USUAL_RECENT = 64 << 10;

    /** Checks the sizes. */
    public LocalLogOptions {
        if (segmentBytes < LEAST_SEGMENT || segmentBytes > MOST_SEGMENT || recentBytes < 0) {
            throw new IllegalArgumentException("segmentBytes is 1,024 to 1 GiB, recentBytes 0 or more");
        }
    }

    /** The defaults: segments of 16 MiB, 64 KiB of recent entries, the process's clock. */
    public static LocalLogOptions usual(InstantSource clock, Executor background, LogListener listener) {
        return new LocalLogOptions(USUAL_SEGMENT, USUAL_RECENT, clock, System::nanoTime, new SecureRandom()::nextLong,
                background,
                listener);
    }
}
