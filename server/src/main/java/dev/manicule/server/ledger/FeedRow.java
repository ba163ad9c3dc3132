package dev.manicule.server.ledger;

import dev.manicule.server.model.Event;
import java.util.Arrays;

/** How an event stands in the feed: one byte that says whether it is kept as long as history is, then its envelope. */
final class FeedRow {
    /**
     * How long transient events (not stored, signals) can be caught up with: 20 minutes, the time for which the hosted
     * service queues messages. In steps of 100 ns.
     */
    static final long TRANSIENT_FOR = 20L * 60 * 10_000_000;
    private static final byte TRANSIENT = 0;
    private static final byte KEPT = 1;

    private FeedRow() {}

    static byte[] of(Event event, boolean kept) {
        byte[] row = new byte[1 + event.envelope().length];
        row[0] = kept ? KEPT : TRANSIENT;
        System.arraycopy(event.envelope(), 0, row, 1, event.envelope().length);
        return row;
    }

    static boolean isKept(byte[] row) {
        return row[0] == KEPT;
    }

    static byte[] envelope(byte[] row) {
        return Arrays.copyOfRange(row, 1, row.length);
    }
}
