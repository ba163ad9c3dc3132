package dev.manicule.testkit;

import java.time.Duration;
import java.time.Instant;

/**
 * The time of a server, or of all nodes of a cluster: it runs or stands, and can be moved on. Timetokens, tokens,
 * retention, presence and polls use it. Any thread may use it, until the server is closed.
 *
 * <p>While it stands at a moment, the first write gets the timetoken of that moment and 100 ns, the next one 100 ns more,
 * so that the same test has the same timetokens each time. Timeouts still run: a poll that waits for 280 seconds is
 * answered after those, or when the clock is moved on by them.
 *
 * <pre>{@code
 * server.clock().standAt(server.clock().now().plusSeconds(60));
 * }</pre>
 */
public final class ManiculeClock {
    /** The earliest moment at which it stands: timetokens have 17 digits from then on. */
    public static final Instant FIRST = Instant.parse("2001-09-09T01:46:40Z");
    /** The latest moment that it is moved to: a second later, timetokens have 18 digits. */
    public static final Instant LAST = Instant.parse("2286-11-20T17:46:39Z");

    private final Controls controls;

    ManiculeClock(Controls controls) {
        this.controls = controls;
    }

    /** The present time. */
    public Instant now() {
        return Instant.parse(controls.call("now"));
    }

    /** Whether it stands. */
    public boolean isStanding() {
        return controls.is("is-standing");
    }

    /**
     * Moves it on. Work that is due by then happens soon: within about a fifth of a second polls are answered and members
     * of channels time out.
     *
     * @param time not negative, and not past {@link #LAST}
     * @throws IllegalArgumentException for any other; nothing has moved then
     */
    public void advance(Duration time) {
        controls.advance(time);
    }

    /**
     * Stops it at a moment.
     *
     * @param moment from {@link #now()}, since timetokens always rise, to {@link #LAST}.
     *        {@link ManiculeServer#standAt} goes back too
     * @throws IllegalArgumentException for any other; nothing has moved then
     */
    public void standAt(Instant moment) {
        controls.call("clock-stand-at", moment.toString());
    }

    /** Lets it run on from the present time. */
    public void run() {
        controls.call("run");
    }
}
