package dev.manicule.server.journal;

import dev.manicule.server.model.Timetoken;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time as this server tells it: the clock, except that it never steps back and never gives the same timetoken to two
 * commands. All that was ever told to a client as "now" is lower than what comes after it. Any thread may ask.
 */
public final class Timeline {
    private final InstantSource clock;
    private final AtomicLong last;

    /** A timeline that goes on after {@code last}, the highest timetoken of an earlier run, or 0. */
    public Timeline(InstantSource clock, long last) {
        this.clock = clock;
        this.last = new AtomicLong(last);
    }

    /**
     * The timetokens of a new command: higher than all that were given or told before.
     *
     * @param count how many it needs, at least 1
     * @return the first of them; the others follow one by one
     */
    public long next(int count) {
        long clockTime = Timetoken.of(clock.instant());
        return last.updateAndGet(previous -> Math.max(previous + 1, clockTime) + count - 1) - (count - 1);
    }

    /** Raises it to a timetoken that was given elsewhere. */
    public void reach(long timetoken) {
        last.accumulateAndGet(timetoken, Math::max);
    }

    /** The time now; all that {@link #next} gives from now on is higher. */
    public long now() {
        long clockTime = Timetoken.of(clock.instant());
        return last.updateAndGet(previous -> Math.max(previous, clockTime));
    }
}
