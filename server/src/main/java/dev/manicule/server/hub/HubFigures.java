package dev.manicule.server.hub;

import java.util.concurrent.atomic.LongAdder;

/** What a hub has done so far. Any thread may ask. */
public final class HubFigures {
    final LongAdder deliveries = new LongAdder();
    final LongAdder events = new LongAdder();
    final LongAdder catchUps = new LongAdder();

    HubFigures() {}

    /** How often somebody was told something. */
    public long deliveries() {
        return deliveries.sum();
    }

    /** How many events those were, one that was told to many counted for each. */
    public long events() {
        return events.sum();
    }

    /** How often storage was read for somebody who came back late. */
    public long catchUps() {
        return catchUps.sum();
    }
}
