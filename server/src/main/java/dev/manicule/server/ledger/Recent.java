package dev.manicule.server.ledger;

import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * What is retained for a short time, by its period: requests that were decided ({@link IdempotentRequests}), transient
 * events ({@link Feed}), and their order ({@link GlobalFeed}). Key: the period, a byte for the kind, and what each kind
 * goes on with. All of a kind and a period is cleared at once.
 */
final class Recent {
    static final String TABLE = "recent";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));

    /** In {@link Tables#META}: {@link Periods}. */
    private static final byte[] PERIODS = "recent".getBytes(StandardCharsets.US_ASCII);
    static final Family FORMER = new Family(Tables.META, PERIODS, inspection -> (key, row) -> {
        if (key.length != PERIODS.length || row.length != 2 * Long.BYTES) {
            throw new IllegalArgumentException("no periods");
        }
    });

    /** After the period: a request. */
    static final byte REQUEST = 0;
    /** After the period: an event. */
    private static final byte EVENT = 1;
    /** After the period: the channel of an event. */
    private static final byte ORDER = 2;

    private Recent() {}

    /**
     * The last two periods before the present one in which there was any command. The requests of both are known: after
     * hours in which nothing could be written, requests that were in doubt are of a period long ago, and clients repeat
     * them now.
     *
     * @param before the later one, 0 for none
     * @param earlier the one before that, 0 for none
     */
    record Periods(long before, long earlier) {
        /** Those of some tables. Where they do not say, because an earlier version wrote them, the two are the last there can be. */
        static Periods of(Tables tables) throws RocksDBException {
            byte[] row = tables.db.get(tables.of(Tables.META), PERIODS);
            if (row == null) {
                long last = period(State.lastTimetoken(tables));
                return new Periods(Math.max(last - 1, 0), Math.max(last - 2, 0));
            }
            ByteBuffer numbers = ByteBuffer.wrap(row);
            return new Periods(numbers.getLong(), numbers.getLong());
        }

        /** The present period and these, the latest first: those of the requests that are known. */
        long[] and(long present) {
            return new long[]{present, before, earlier};
        }
    }

    /**
     * The period of a timetoken. A timetoken {@link Timetoken#SHORTLY} back is in the same period or in the one before;
     * whole periods are forgotten at once.
     */
    static long period(long timetoken) {
        return timetoken / Timetoken.SHORTLY;
    }

    /** The prefix of all keys of a period. */
    static byte[] beginning(long period) {
        return Keys.number(period);
    }

    /** The prefix of the keys of a channel's transient events. */
    static byte[] events(long period, byte[] channel) {
        return ByteBuffer.allocate(Long.BYTES + 1 + channel.length).putLong(period).put(EVENT).put(channel).array();
    }

    /** The prefix of the keys of the order of a period's events. */
    static byte[] order(long period) {
        return ByteBuffer.allocate(Long.BYTES + 1).putLong(period).put(ORDER).array();
    }

    /** Forgets what is too old, when a period begins: events that are not of the one directly before, and requests of all but the last two. */
    static void begin(long period, Transaction transaction) {
        Periods former = new Periods(period(transaction.lastTimetoken()), transaction.recent().before());
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        transaction.clear(table, beginning(0), beginning(former.earlier()));
        for (long each : new long[]{former.earlier(), former.before()}) {
            if (each < period - 1) {
                transaction.clear(table, afterRequests(each), beginning(each + 1));
            }
        }
        transaction.put(transaction.tables().of(Tables.META), PERIODS,
                ByteBuffer.allocate(2 * Long.BYTES).putLong(former.before()).putLong(former.earlier()).array());
        transaction.set(former);
    }

    private static byte[] afterRequests(long period) {
        return ByteBuffer.allocate(Long.BYTES + 1).putLong(period).put((byte) (REQUEST + 1)).array();
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) {
        if (Keys.number(key) > period(inspection.last()) || row.length == 0) {
            inspection.wrong("recent: makes no sense, at " + Keys.show(key));
        }
    }
}
