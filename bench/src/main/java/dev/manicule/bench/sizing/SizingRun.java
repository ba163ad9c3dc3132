package dev.manicule.bench.sizing;

import java.time.Duration;
import java.util.List;

/** How much a measurement stores and holds. */
public enum SizingRun {
    /** The size of the run for the tables in the docs. */
    FULL(400_000, 10_000, "2g"),
    /** Enough to see that it works: the figures mean nothing. */
    TRIAL(1_000, 20, "128m");

    private final int stored;
    private final int connections;
    private final String heap;

    SizingRun(int stored, int connections, String heap) {
        this.stored = stored;
        this.connections = connections;
        this.heap = heap;
    }

    /** Actions, and messages of 100 bytes; of larger messages fewer. */
    int stored() {
        return stored;
    }

    /** The most connections at once; tokens and keysets. */
    int connections() {
        return connections;
    }

    /** Of a server whose memory is measured, as the options of Java have it. */
    String heap() {
        return heap;
    }

    /** How long a server has nothing to do before its memory is read. */
    Duration quiet() {
        return Duration.ofMillis(this == FULL ? 500 : 50);
    }

    /** Collections of garbage before its memory is read. What the first finds dead may hold other things for a moment. */
    int collections() {
        return this == FULL ? 2 : 1;
    }

    /** Whether kinds of subscribers that need the same configuration follow each other on one server. */
    boolean sharesServers() {
        return this == TRIAL;
    }

    /** Members of channels, channels, and channels in groups. */
    int held() {
        return stored / 4;
    }

    /** How many connections there are, one number after the other, where there are so many in the end. */
    List<Integer> steps(int most) {
        return this == FULL ? List.of(most / 10, most) : List.of(most);
    }
}
