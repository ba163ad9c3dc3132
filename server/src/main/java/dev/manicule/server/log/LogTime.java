package dev.manicule.server.log;

import dev.manicule.server.model.Timetoken;
import java.time.InstantSource;

/** The time of a log, in 100 ns since 1970: the clock's, or the last one when the clock has stepped back. For one thread. */
final class LogTime {
    private final InstantSource clock;
    private long last;

    LogTime(InstantSource clock, long last) {
        this.clock = clock;
        this.last = last;
    }

    /** The highest time given so far. */
    long last() {
        return last;
    }

    /** The time now. */
    long now() {
        last = Math.max(last, Timetoken.of(clock.instant()));
        return last;
    }
}
