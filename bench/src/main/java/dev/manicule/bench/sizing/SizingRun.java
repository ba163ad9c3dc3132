package dev.manicule.bench.sizing;

/** How much a measurement stores and holds. */
public enum SizingRun {
    /** The size of the run for the figures in the docs. */
    FULL(600_000, 10_000, "2g"),
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

    /** The most connections at once; a tenth of it is measured too. */
    int connections() {
        return connections;
    }

    /** Of a server whose memory is measured, as the options of Java have it. */
    String heap() {
        return heap;
    }

    /** Members of channels, channels, and channels in groups. */
    int held() {
        return stored / 6;
    }

    /** Tokens and keysets. */
    int few() {
        return connections / 5;
    }
}
