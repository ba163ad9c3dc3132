package dev.manicule.client.internal;

import dev.manicule.client.ClientConfig.Reconnection;
import dev.manicule.client.ReconnectionPolicy;
import java.time.Duration;

/** How long a subscription waits before an attempt to reach the server again. */
final class Backoff {
    private static final Duration LINEAR_DELAY = Duration.ofSeconds(3);
    private static final int MOST_DOUBLINGS = 20;

    private Backoff() {}

    /**
     * The wait before an attempt.
     *
     * @param attempt its number; the first has the number 0
     * @param random from 0, which shortens nothing, to 1
     * @throws IllegalStateException for {@link ReconnectionPolicy#NONE}, which makes no attempts
     */
    static Duration delay(Reconnection reconnection, int attempt, double random) {
        if (attempt == 0) {
            return Duration.ZERO;
        }
        Duration delay = switch (reconnection.policy()) {
            case NONE -> throw new IllegalStateException("this policy makes no attempts");
            case LINEAR -> LINEAR_DELAY;
            case EXPONENTIAL -> Duration.ofSeconds(1L << Math.min(attempt - 1, MOST_DOUBLINGS));
        };
        Duration most = reconnection.maximumDelay();
        Duration bounded = delay.compareTo(most) < 0 ? delay : most;
        return Duration.ofMillis(Math.round(bounded.toMillis() * (1 - random / 2)));
    }
}
