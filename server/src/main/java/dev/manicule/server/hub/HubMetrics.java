package dev.manicule.server.hub;

import java.util.concurrent.atomic.LongAdder;

/** The counts of a hub's work so far. Any thread may read them. */
public final class HubMetrics {
    final LongAdder deliveries = new LongAdder();
    final LongAdder events = new LongAdder();
    final LongAdder catchUps = new LongAdder();
    final LongAdder failures = new LongAdder();

    HubMetrics() {}

    /** How many deliveries had events. */
    public long deliveries() {
        return deliveries.sum();
    }

    /** How many events those were, one that was delivered to many counted for each. */
    public long events() {
        return events.sum();
    }

    /** How many catch-up reads of storage there were for subscribers that reconnected late. */
    public long catchUps() {
        return catchUps.sum();
    }

    /** How often the server failed at subscribers, which reconnect then, or receive events from storage. */
    public long failures() {
        return failures.sum();
    }
}
