package dev.manicule.server;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Where a server takes the time from.
 *
 * @param wall what time it is: timetokens, tokens, retention
 * @param steady nanoseconds since some moment, never stepping back: for how long polls and presence wait
 * @param beats each second of it the nodes of a cluster look after each other
 */
public record Clocks(InstantSource wall, LongSupplier steady, Beats beats) {
    /** Those of the machine. */
    public static final Clocks SYSTEM = Clocks.of(InstantSource.system());

    /** Another time, told by this, and the machine's waiting. */
    public static Clocks of(InstantSource wall) {
        return new Clocks(wall, System::nanoTime, Beats.MACHINE);
    }
}
