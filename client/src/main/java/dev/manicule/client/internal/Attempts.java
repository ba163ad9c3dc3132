package dev.manicule.client.internal;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.Status;
import java.time.Duration;

/**
 * The remaining attempts of a request.
 *
 * @param more how many more are allowed
 * @param pause before the next one
 * @param deadline of all of them, by {@link System#nanoTime()}
 */
record Attempts(int more, Duration pause, long deadline) {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final int LONGER = 4;

    /** The attempts of a request that begins now. */
    static Attempts of(Request<?> request, ClientConfig config) {
        Duration timeout = request.timeout() == null ? config.timeouts().request() : request.timeout();
        return new Attempts(request.isPoll() ? 0 : config.retries(), FIRST_PAUSE,
                System.nanoTime() + timeout.toNanos());
    }

    Duration timeLeft() {
        return Duration.ofNanos(Math.max(deadline - System.nanoTime(), 1));
    }

    /** Whether another attempt is allowed, and may bring a response where this one brought none. */
    boolean isAnotherWorthwhile(Status status) {
        boolean isInTime = deadline - System.nanoTime() > pause.toNanos();
        return more > 0 && isInTime && switch (status.category()) {
            case NETWORK_ISSUES, UNAVAILABLE -> true;
            default -> false;
        };
    }

    Attempts next() {
        return new Attempts(more - 1, pause.multipliedBy(LONGER), deadline);
    }
}
