package dev.manicule.bench.compare;

import java.time.Duration;

/** How much is done for a comparison. */
public enum RunSize {
    /** The size of the runs for the tables in the docs. */
    FULL(5, Duration.ofSeconds(5), Duration.ofSeconds(25), 10_000, 5, 1_000_000, 10_000_000),
    /** Enough to see the effect of a change. */
    QUICK(3, Duration.ofSeconds(2), Duration.ofSeconds(8), 10_000, 5, 100_000, 100_000),
    /** Enough to see that it works. */
    TRIAL(1, Duration.ofMillis(200), Duration.ofMillis(200), 100, 1, 2_000, 100_000);

    private final int rounds;
    private final Duration time;
    private final Duration warmUp;
    private final int subscribers;
    private final int events;
    private final int stored;
    private final int growth;

    RunSize(int rounds, Duration time, Duration warmUp, int subscribers, int events, int stored, int growth) {
        this.rounds = rounds;
        this.time = time;
        this.warmUp = warmUp;
        this.subscribers = subscribers;
        this.events = events;
        this.stored = stored;
        this.growth = growth;
    }

    /** Measurements of each subject, in turns. */
    int rounds() {
        return rounds;
    }

    /** Of one measurement. */
    Duration time() {
        return time;
    }

    /** Before the first measurement. */
    Duration warmUp() {
        return warmUp;
    }

    /** Connections that wait at once; half of the files that a process may usually have open. */
    int subscribers() {
        return subscribers;
    }

    /** Events delivered to all subscribers in one measurement. */
    int events() {
        return events;
    }

    /** Actions of a channel that is read. */
    int stored() {
        return stored;
    }

    /** Actions stored at the end of the run that measures the cost of growth: a power of ten, above 10,000. */
    int growth() {
        return growth;
    }
}
