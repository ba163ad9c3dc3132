package dev.manicule.server.http;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import java.util.concurrent.TimeUnit;

/**
 * How many frames that advance no request a connection may still send: {@link Limit#CONTROL_FRAMES} at once, and as
 * many in ten seconds. Belongs to the event loop of the connection.
 */
final class FrameAllowance {
    /** The part of the allowance that an ordinary control frame takes. */
    static final int ONE = 50;
    private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Limits limits;
    private final long most;
    private long left;
    private long filledAt = System.nanoTime();

    FrameAllowance(Limits limits) {
        this.limits = limits;
        most = ONE * limits.of(Limit.CONTROL_FRAMES);
        left = most;
    }

    /** Takes so much of it; false, and counted, when there is not so much left. */
    boolean take(int amount) {
        left -= amount;
        if (left >= 0) {
            return true;
        }
        long now = System.nanoTime();
        left = Math.min(most, left + Math.min(now - filledAt, REFILL_NANOS) * most / REFILL_NANOS);
        filledAt = now;
        if (left < 0) {
            limits.reached(Limit.CONTROL_FRAMES);
        }
        return left >= 0;
    }
}
