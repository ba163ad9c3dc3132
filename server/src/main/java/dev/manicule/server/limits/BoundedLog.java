package dev.manicule.server.limits;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * A log for faults that clients may cause, so that none of them fills the disk: one fault in a while with all its
 * details, and only the number of the others. Any thread may use it.
 */
public final class BoundedLog {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Logger log;
    private final AtomicLong next = new AtomicLong(System.nanoTime());
    private final AtomicLong unsaid = new AtomicLong();

    /** Writes to this log. */
    public BoundedLog(Logger log) {
        this.log = log;
    }

    /** Logs a fault with its stack trace, unless another one was logged a moment ago. */
    public void error(String what, Throwable cause) {
        long due = next.get();
        long now = System.nanoTime();
        if (now - due < 0 || !next.compareAndSet(due, now + EVERY_NANOS)) {
            unsaid.incrementAndGet();
            return;
        }
        long others = unsaid.getAndSet(0);
        log.error(others == 0 ? what : what + " (and " + others + " others since the last such line)",
                RedactedThrowable.of(cause));
    }
}
