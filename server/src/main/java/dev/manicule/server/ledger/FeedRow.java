package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.Arrays;

/** How an event stands in the feed: one byte that says whether it is kept as long as history is, then its envelope. */
final class FeedRow {
    private static final byte TRANSIENT = 0;
    private static final byte KEPT = 1;

    private FeedRow() {}

    static byte[] of(Event event) {
        byte[] row = new byte[1 + event.envelope().length];
        row[0] = event.kept() ? KEPT : TRANSIENT;
        System.arraycopy(event.envelope(), 0, row, 1, event.envelope().length);
        return row;
    }

    static boolean isKept(byte[] row) {
        return row[0] == KEPT;
    }

    /** The whole envelope of the event, with nothing added to it. */
    static byte[] json(byte[] row) {
        return whole(Arrays.copyOfRange(row, 1, row.length));
    }

    /** An envelope with its end. */
    static byte[] whole(byte[] envelope) {
        byte[] whole = Arrays.copyOf(envelope, envelope.length + 1);
        whole[whole.length - 1] = '}';
        return whole;
    }

    static Event read(Channel channel, long timetoken, byte[] row) {
        return new Event(channel, timetoken, isKept(row), Arrays.copyOfRange(row, 1, row.length));
    }
}
