package dev.manicule.server;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The clocks of a server.
 *
 * @param wall the time of day: for timetokens, tokens, retention
 * @param steady nanoseconds since some moment, never stepping back: for how long polls and presence wait
 * @param beats on each second of it the nodes of a cluster check each other
 */
public record Clocks(InstantSource wall, LongSupplier steady, Beats beats) {
    /** Those of the machine. */
    public static final Clocks SYSTEM = Clocks.of(InstantSource.system());

    /** The time of day from this source, and waits by the machine's clock. */
    public static Clocks of(InstantSource wall) {
        return new Clocks(wall, System::nanoTime, Beats.MACHINE);
    }
}
