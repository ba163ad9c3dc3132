package dev.manicule.server.api;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** What tests may do with a server that is for them: its time, its data, its faults. Any thread may use it. */
public interface Sandbox {
    /** What goes wrong on purpose. */
    Faults faults();

    /** What time it is there. */
    Instant now();

    /** The timetoken that the server tells as the present one, also right after it has begun anew. */
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
     * Has its time stand at a moment. Where that is before the present, the server begins anew, as {@link #restore} has it;
     * takes a moment then.
     *
     * @throws IllegalArgumentException when something is stored that is later, or the clock never stands there; nothing has
     *         moved then
     */
    void standAt(Instant moment) throws IOException;

    /** Has its time run on. */
    void runClock();

    /** The names of the snapshots there are. */
    Set<String> snapshots();

    /**
     * Keeps all that is stored now, and how its time goes, under a name; what had that name before is forgotten. Takes a
     * moment.
     *
     * @throws IllegalArgumentException when the name is blank
     */
    void snapshot(String name) throws IOException;

    /**
     * Has the server begin anew with what a snapshot holds. Its time stands where it stood, or runs as it ran. Connections
     * stay, polls are answered with their cursor. Takes a moment.
     *
     * @throws IllegalArgumentException when there is none of this name
     */
    void restore(String name) throws IOException;

    /** Has the server begin anew with nothing stored, the time of the beginning, and nothing that goes wrong. */
    void reset() throws IOException;
}
