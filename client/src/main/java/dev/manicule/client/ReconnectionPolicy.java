package dev.manicule.client;

import java.time.Duration;

/**
 * How long a subscription waits between attempts to reach the server again after it lost its connection. The first
 * attempt begins at once. No wait is longer than {@link ClientConfig.Reconnection#maximumDelay()}, and each is shortened
 * by up to a half at random, so that the clients of a server do not come back all at the same moment. An attempt also
 * begins as soon as another call of the client gets a response.
 */
public enum ReconnectionPolicy {
    /** No attempts: the subscription stops, until {@link ManiculeClient#reconnect()}. */
    NONE,
    /** Every 3 seconds. */
    LINEAR,
    /** After 1, 2, 4, 8 and so many more seconds, up to the bound. */
    EXPONENTIAL;

    private static final Duration LINEAR_DELAY = Duration.ofSeconds(3);
    private static final int MOST_DOUBLINGS = 20;

    /**
     * The wait before an attempt.
     *
     * @param attempt its number; the first has the number 0
     * @param most the longest wait
     * @param random from 0, which shortens nothing, to 1
     */
    Duration delay(int attempt, Duration most, double random) {
        if (attempt == 0) {
            return Duration.ZERO;
        }
        Duration delay = switch (this) {
            case NONE -> throw new IllegalStateException("this policy makes no attempts");
            case LINEAR -> LINEAR_DELAY;
            case EXPONENTIAL -> Duration.ofSeconds(1L << Math.min(attempt - 1, MOST_DOUBLINGS));
        };
        Duration bounded = delay.compareTo(most) < 0 ? delay : most;
        return Duration.ofMillis(Math.round(bounded.toMillis() * (1 - random / 2)));
    }
}
