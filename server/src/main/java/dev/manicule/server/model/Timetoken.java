package dev.manicule.server.model;

import java.time.Duration;
import java.time.Instant;

/**
 * The protocol's notion of time: an unsigned number of 100-nanosecond steps since 1970-01-01T00:00Z, 17 digits in our
 * days. It is a plain {@code long} everywhere, 0 to {@link Long#MAX_VALUE}; this class holds what all of them share.
 */
public final class Timetoken {
    /** What {@link #parse} gives for text that is no timetoken. */
    public static final long INVALID = -1;
    private static final int MOST_DIGITS = 19;
    private static final long STEPS_IN_A_SECOND = 10_000_000;

    /**
     * For how long transient data is available, in 100 ns: 20 minutes. For so long subscribers can catch up with
     * transient events (as the hosted service queues messages), and a client can repeat a request without having it
     * applied twice.
     */
    public static final long SHORTLY = 20 * 60 * STEPS_IN_A_SECOND;

    private Timetoken() {}

    /**
     * The timetoken written in {@code text}: 1 to 19 ASCII digits that fit a {@code long}, nothing else, since clients
     * put such text into paths and an accepted {@code +1} or {@code 1e9} would be stored under another name than sent.
     *
     * @return 0 or more, or {@link #INVALID}
     */
    public static long parse(CharSequence text) {
        int length = text.length();
        if (length == 0 || length > MOST_DIGITS) {
            return INVALID;
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return INVALID;
            }
            value = value * 10 + digit;
        }
        return value < 0 ? INVALID : value;
    }

    /** The seconds since 1970 of a timetoken. */
    public static long seconds(long timetoken) {
        return timetoken / STEPS_IN_A_SECOND;
    }

    /** The timetoken that lies so long before another, 0 at least. */
    public static long before(long timetoken, Duration time) {
        return Math.max(0, timetoken - steps(time));
    }

    /** How many steps a time of whole seconds takes. */
    public static long steps(Duration time) {
        return time.toSeconds() * STEPS_IN_A_SECOND;
    }

    /** The moment of a timetoken. */
    public static Instant instant(long timetoken) {
        return Instant.ofEpochSecond(seconds(timetoken), timetoken % STEPS_IN_A_SECOND * 100);
    }

    /** The timetoken of a moment. */
    public static long of(Instant moment) {
        return moment.getEpochSecond() * STEPS_IN_A_SECOND + moment.getNano() / 100;
    }
}
