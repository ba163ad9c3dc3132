package dev.manicule.server.journal;

import dev.manicule.server.model.Timetoken;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The present time that this server sends to clients: it never steps back, and each command that is submitted here
 * afterwards gets a higher timetoken. Where the log belongs to this process, it is the clock's time; else it is the
 * time of the last applied entry, because a clock that is behind may have stamped entries of other nodes. Any thread
 * may call this.
 */
public final class TimetokenClock {
    private final @Nullable InstantSource clock;
    private final AtomicLong last;

    /** A timeline by a clock that goes on after {@code last}, the highest timetoken of an earlier run, or 0. */
    public TimetokenClock(InstantSource clock, long last) {
        this(last, clock);
    }

    private TimetokenClock(long last, @Nullable InstantSource clock) {
        this.clock = clock;
        this.last = new AtomicLong(last);
    }

    /** A timeline without a clock: it is where {@link #reach} has brought it. */
    public static TimetokenClock ofLog(long last) {
        return new TimetokenClock(last, null);
    }

    /** Raises it to a timetoken that was given to a command. */
    public void reach(long timetoken) {
        last.accumulateAndGet(timetoken, Math::max);
    }

    /** The time now. */
    public long now() {
        if (clock == null) {
            return last.get();
        }
        long clockTime = Timetoken.of(clock.instant());
        return last.updateAndGet(previous -> Math.max(previous, clockTime));
    }
}
