package dev.manicule.client;

import java.time.Duration;

/** How long a subscription waits between attempts to reach the server again after its connection was lost. */
public enum ReconnectionPolicy {
    /** It doesn't try: the subscription stops, until {@link ManiculeClient#reconnect()}. */
    NONE,
    /** Every 3 seconds. */
    LINEAR,
    /** After 1, 3, 7, 15 and 31 seconds, then again from 1. */
    EXPONENTIAL;

    private static final Duration LINEAR_DELAY = Duration.ofSeconds(3);
    private static final int EXPONENTS = 5;

    /** The wait before an attempt; the first has the number 0. */
    Duration delay(int attempt) {
        return switch (this) {
            case NONE -> throw new IllegalStateException("this policy makes no attempts");
            case LINEAR -> LINEAR_DELAY;
            case EXPONENTIAL -> Duration.ofSeconds((1L << (attempt % EXPONENTS + 1)) - 1);
        };
    }
}
