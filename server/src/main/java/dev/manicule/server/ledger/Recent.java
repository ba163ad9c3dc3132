package dev.manicule.server.ledger;

import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;

/**
 * What is forgotten soon, by the period that it is of: requests that were decided ({@link IdempotentRequests}), events that are only told
 * ({@link Feed}), and their order ({@link GlobalFeed}). Key: the period, a byte for the kind, and what each kind goes on with. Whole periods are cleared at once.
 */
final class Recent {
    static final String TABLE = "recent";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));

    /** After the period: a request. */
    static final byte REQUEST = 0;
    /** After the period: an event. */
    private static final byte EVENT = 1;
    /** After the period: on which channel an event was told. */
    private static final byte ORDER = 2;

    private Recent() {}

    /**
     * Which stretch of time a timetoken lies in. What lies {@link Timetoken#SHORTLY} back lies in the same or in the one
     * before; whole stretches are forgotten at once.
     */
    static long period(long timetoken) {
        return timetoken / Timetoken.SHORTLY;
    }

    /** What all keys of a period begin with. */
    static byte[] beginning(long period) {
        return Keys.number(period);
    }

    /** What the keys of a channel's events that are not kept begin with. */
    static byte[] events(long period, byte[] channel) {
        return ByteBuffer.allocate(Long.BYTES + 1 + channel.length).putLong(period).put(EVENT).put(channel).array();
    }

    /** What the keys of the order of a period's events begin with. */
    static byte[] order(long period) {
        return ByteBuffer.allocate(Long.BYTES + 1).putLong(period).put(ORDER).array();
    }

    /** Forgets what is too old, when a period begins. */
    static void begin(long period, Draft draft) {
        draft.clear(draft.tables().of(TABLE), beginning(0), beginning(period - 1));
    }

    private static void inspect(byte[] key, byte[] row, Inspection inspection) {
        if (Keys.number(key) > period(inspection.last()) || row.length == 0) {
            inspection.wrong("recent: makes no sense, at " + Keys.show(key));
        }
    }
}
