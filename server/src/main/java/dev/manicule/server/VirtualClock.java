package dev.manicule.server;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A clock for tests: it runs or stands, and can be moved on. Timetokens, tokens, retention, presence and polls use it.
 * Any thread may use it.
 *
 * <p>While it stands at a moment, the first write gets the timetoken of that moment and 100 ns, the next one 100 ns
 * more, so that the same test has the same timetokens each time. Timeouts still run: a poll that waits for 280 seconds
 * is answered after those, or when the clock is moved on by them.
 */
public final class VirtualClock {
    /** The earliest moment at which it stands: timetokens have 17 digits from then on. */
    public static final Instant FIRST = Instant.parse("2001-09-09T01:46:40Z");
    /** The latest moment that it is moved to: a second later, timetokens have 18 digits. */
    public static final Instant LAST = Instant.parse("2286-11-20T17:46:39Z");
    /** No poll and no member of a channel waits for longer, and nanoseconds of many such jumps fit a long. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(366);

    private final State beginning;
    private volatile State state;
    private final AtomicLong skippedNanos = new AtomicLong();

    private VirtualClock(State beginning) {
        this.beginning = beginning;
        state = beginning;
    }

    /**
     * The state of the clock.
     *
     * @param standing the moment at which it stands, null while it runs
     * @param ahead how far it is ahead of the clock of the machine, while it runs
     */
    record State(@Nullable Instant standing, Duration ahead) {
        private static final State RUNNING = new State(null, Duration.ZERO);

        private static State standing(Instant moment) {
            return new State(moment, Duration.ZERO);
        }

        private Instant now() {
            return standing == null ? Instant.now().plus(ahead) : standing;
        }
    }

    /** One that runs with the clock of the machine, until it is moved. */
    public static VirtualClock running() {
        return new VirtualClock(State.RUNNING);
    }

    /**
     * One that stands.
     *
     * @param moment from {@link #FIRST} to {@link #LAST}
     */
    public static VirtualClock standingAt(Instant moment) {
        return new VirtualClock(State.standing(inRange(moment)));
    }

    /** The moment itself, which must have timetokens that clients know. */
    static Instant inRange(Instant moment) {
        if (moment.isBefore(FIRST) || moment.isAfter(LAST)) {
            throw new IllegalArgumentException("the clock stands from " + FIRST + " to " + LAST
                    + ", where timetokens have 17 digits, and not at " + moment);
        }
        return moment;
    }

    /** The present time. */
    public Instant now() {
        return state.now();
    }

    /** Whether it stands. */
    public boolean isStanding() {
        return state.standing() != null;
    }

    /**
     * Moves it on. Work that is due by then happens soon: within about a fifth of a second polls are answered and
     * members of channels time out.
     *
     * @param time not negative, and not past {@link #LAST}
     */
    public synchronized void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time goes forward: " + time + " is negative");
        }
        State before = state;
        Instant now = before.now();
        if (time.compareTo(Duration.between(now, LAST)) > 0) {
            throw new IllegalArgumentException("the clock is moved on to " + LAST + " at most: " + time + " after "
                    + now + " is later");
        }
        state = before.standing() == null
                ? new State(null, before.ahead().plus(time))
                : State.standing(now.plus(time));
        skip(time);
    }

    /**
     * Stops it at a moment.
     *
     * @param moment not before {@link #now()}, since timetokens always rise, and not after {@link #LAST}.
     *        {@link DevServer#standAt} goes back too
     */
    public synchronized void standAt(Instant moment) {
        inRange(moment);
        if (moment.isBefore(now())) {
            throw new IllegalArgumentException("time goes forward: " + moment + " is before " + now());
        }
        set(moment);
    }

    /** The same, also for an earlier moment: the server must restart after that. */
    synchronized void set(Instant moment) {
        set(State.standing(inRange(moment)));
    }

    /** Its state, to {@link #set(State)} it again. */
    State state() {
        return state;
    }

    /** Sets it to a saved state: the server must restart where that is earlier. */
    synchronized void set(State as) {
        Duration skipped = Duration.between(now(), as.now());
        state = as;
        if (skipped.isPositive()) {
            skip(skipped);
        }
    }

    private void skip(Duration time) {
        skippedNanos.addAndGet((time.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : time).toNanos());
    }

    /** Lets it run on from the present time. */
    public synchronized void run() {
        state = new State(null, Duration.between(Instant.now(), now()));
    }

    /** Resets it to its beginning: running with the clock of the machine, or standing where it stood. */
    synchronized void reset() {
        state = beginning;
    }

    /** The clocks of a node that uses it. */
    Clocks clocks(Beats beats) {
        return new Clocks(this::now, this::nanoTime, beats);
    }

    /** Nanoseconds since some moment, never stepping back. */
    long nanoTime() {
        return System.nanoTime() + skippedNanos.get();
    }

    /** The clocks of a server that uses it. */
    Clocks clocks() {
        return clocks(Beats.MACHINE);
    }
}
