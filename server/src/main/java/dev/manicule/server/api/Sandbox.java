package dev.manicule.server.api;

import dev.manicule.server.routing.Faults;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** The controls of a server for tests: its time, its data, its faults. Any thread may use it. */
public interface Sandbox {
    /** The injected faults. */
    Faults faults();

    /** The present time of the server. */
    Instant now();

    /** The timetoken that the server returns as the present one, also right after a restart. */
    long timetoken();

    /** Whether its time stands. */
    boolean isStanding();

    /**
     * Moves its time on.
     *
     * @throws IllegalArgumentException when that is further than the clock goes; nothing has moved then
     */
    void advance(Duration time);

    /**
     * Stops its time at a moment. Where that is before the present, the server restarts as in {@link #restore}; takes a
     * moment then.
     *
     * @throws IllegalArgumentException when something is stored that is later, or the clock never stands there; nothing has
     *         moved then
     */
    void standAt(Instant moment) throws IOException;

    /** Lets its time run on. */
    void runClock();

    /** The names of the snapshots there are. */
    Set<String> snapshots();

    /**
     * Saves all that is stored now, and the state of its clock, under a name; replaces an earlier snapshot of that
     * name. Takes a moment.
     *
     * @throws IllegalArgumentException when the name is blank
     */
    void snapshot(String name) throws IOException;

    /**
     * Restarts the server with the content of a snapshot. Its time stands where it stood, or runs as it ran.
     * Connections stay open, polls are answered with their cursor. Takes a moment.
     *
     * @throws IllegalArgumentException when there is none of this name
     */
    void restore(String name) throws IOException;

    /** Restarts the server with nothing stored, the time of the beginning, and no faults. */
    void reset() throws IOException;
}
