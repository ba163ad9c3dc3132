package dev.manicule.cli;

import java.time.Duration;

/** How long an action may stay, in seconds. */
final class TimeToLive {
    /** A year of 365 days. */
    static final long LONGEST = Duration.ofDays(365).toSeconds();

    private TimeToLive() {}

    static boolean isIn(long seconds) {
        return seconds >= 1 && seconds <= LONGEST;
    }
}
