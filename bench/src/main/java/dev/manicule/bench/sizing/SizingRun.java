package dev.manicule.bench.sizing;

import java.util.List;

/** How much a measurement stores and holds. */
public enum SizingRun {
    /** The size of the run for the tables in the docs. */
    FULL(400_000, 10_000, "2g"),
    /** Enough to see that it works. */
    TRIAL(2_000, 50, "256m");

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

    /** Members of channels, channels, and channels in groups. */
    int held() {
        return stored / 4;
    }

    /** How many connections there are, one number after the other, where there are so many in the end. */
    List<Integer> steps(int most) {
        return this == FULL ? List.of(most / 10, most) : List.of(most);
    }
}
