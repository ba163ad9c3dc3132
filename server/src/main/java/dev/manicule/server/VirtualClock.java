package dev.manicule.server;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A time for tests: it runs or stands, and can be moved on. Timetokens, tokens, retention, presence and polls go by it. Any
 * thread may use it.
 *
 * <p>While it stands at a moment, the first write gets the timetoken of that moment and 100 ns, the next one 100 ns more, so
 * that the same test has the same timetokens each time. Whoever waits for a while still does: a poll that waits for 280
 * seconds is answered after those, or when the clock is moved on by them.
 */
public final class VirtualClock {
    private final @Nullable Instant beginning;
    /** Null while it runs. */
    private volatile @Nullable Instant standing;
    private volatile Duration ahead = Duration.ZERO;
    private final AtomicLong skippedNanos = new AtomicLong();

    private VirtualClock(@Nullable Instant standing) {
        beginning = standing;
        this.standing = standing;
    }

    /** One that runs with the clock of the machine, until it is moved. */
    public static VirtualClock running() {
        return new VirtualClock(null);
    }

    /** One that stands. */
    public static VirtualClock standingAt(Instant moment) {
        return new VirtualClock(moment);
    }

    /** What time it is. */
    public Instant now() {
        Instant stands = standing;
        return stands == null ? Instant.now().plus(ahead) : stands;
    }

    /** Whether it stands. */
    public boolean isStanding() {
        return standing != null;
    }

    /**
     * Moves it on. What is due by then happens soon: within about a fifth of a second polls are answered and members of
     * channels time out.
     *
     * @param time not negative
     */
    public synchronized void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time goes forward: " + time + " is negative");
        }
        Instant stands = standing;
        if (stands == null) {
            ahead = ahead.plus(time);
        } else {
            standing = stands.plus(time);
        }
        skippedNanos.addAndGet(time.toNanos());
    }

    /**
     * Has it stand at a moment.
     *
     * @param moment not before {@link #now()}: timetokens always rise. {@link DevServer#standAt} goes back too
     */
    public synchronized void standAt(Instant moment) {
        if (moment.isBefore(now())) {
            throw new IllegalArgumentException("time goes forward: " + moment + " is before " + now());
        }
        set(moment);
    }

    /** The same, also for an earlier moment: the server must begin anew after that. */
    synchronized void set(Instant moment) {
        Duration skipped = Duration.between(now(), moment);
        standing = moment;
        if (skipped.isPositive()) {
            skippedNanos.addAndGet(skipped.toNanos());
        }
    }

    /** Has it run on from where it is. */
    public synchronized void run() {
        ahead = Duration.between(Instant.now(), now());
        standing = null;
    }

    /** Has it be as it was in the beginning: running with the clock of the machine, or standing where it stood. */
    synchronized void reset() {
        ahead = Duration.ZERO;
        standing = beginning;
    }

    /** The clocks of a server that goes by it. */
    Clocks clocks() {
        return new Clocks(this::now, () -> System.nanoTime() + skippedNanos.get());
    }
}
