package dev.manicule.bench.cluster;

import java.time.Duration;

/** How much of a cluster is measured. */
public enum Scale {
    /** The scale of the tables in the docs. */
    FULL(Duration.ofSeconds(60), 5, Duration.ofSeconds(10), 1_350, 6_000, 50),
    /** Enough to see the effect of a change. */
    QUICK(Duration.ofSeconds(20), 3, Duration.ofSeconds(4), 1_350, 3_000, 20),
    /** Enough to see that it works. */
    TRIAL(Duration.ofSeconds(2), 1, Duration.ofSeconds(1), 200, 60, 3);

    private final Duration warmUp;
    private final int rounds;
    private final Duration time;
    private final int perSecond;
    private final int subscribers;
    private final int events;

    Scale(Duration warmUp, int rounds, Duration time, int perSecond, int subscribers, int events) {
        this.warmUp = warmUp;
        this.rounds = rounds;
        this.time = time;
        this.perSecond = perSecond;
        this.subscribers = subscribers;
        this.events = events;
    }

    /** Of brokers and nodes, under load, before anything is measured. */
    Duration warmUp() {
        return warmUp;
    }

    /** Measurements of each kind, in turns. */
    int rounds() {
        return rounds;
    }

    /** Of one measurement. */
    Duration time() {
        return time;
    }

    /** Writes a second in the measurements of how long each takes. */
    int perSecond() {
        return perSecond;
    }

    /**
     * The subscribers that wait for events at once, on all nodes together; a part of the files that a process may
     * usually have open.
     */
    int subscribers() {
        return subscribers;
    }

    /** Events delivered to all of them in one measurement. */
    int events() {
        return events;
    }
}
