package dev.manicule.server.hub;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How often a subscriber receives summaries of actions in place of their events: at most one a message and period. The
 * periods lie on a fixed grid of timetokens, so they are the same for all subscribers, on all nodes, at any time.
 *
 * <p>The summary of a message's actions in a period has a place in the order of all events, as if it were an event with
 * that timetoken: shortly after the end of the period. The place follows from the last of these actions alone. So one
 * cursor divides the summaries of all channels in the same way, whatever else a subscriber listens to, and any node
 * finds those after a cursor in the stored events.
 */
public enum SummaryPeriod {
    /** Four times a second. */
    QUARTER_SECOND(250),
    /** Twice a second. */
    HALF_SECOND(500),
    /** Every second. */
    SECOND(1_000),
    /** Every two seconds. */
    TWO_SECONDS(2_000),
    /** Every five seconds. */
    FIVE_SECONDS(5_000);

    /** All of them as a request names them. */
    public static final String ALL = Arrays.stream(values())
            .map(each -> String.valueOf(each.millis))
            .collect(Collectors.joining(", "));

    private static final long STEPS_IN_A_MILLI = 10_000;
    /**
     * The places of a period's summaries take this part of the next period. Timetokens are unique, so no more summaries
     * than this have the same place, and fit into one delivery.
     */
    private static final int PART = 64;

    private final int millis;
    private final long steps;

    SummaryPeriod(int millis) {
        this.millis = millis;
        steps = millis * STEPS_IN_A_MILLI;
    }

    /** The period of so many milliseconds; null when there is none. */
    public static @Nullable SummaryPeriod of(String millis) {
        for (SummaryPeriod each : values()) {
            if (String.valueOf(each.millis).equals(millis)) {
                return each;
            }
        }
        return null;
    }

    /** The first timetoken after the period of a timetoken. */
    long end(long timetoken) {
        return timetoken - timetoken % steps + steps;
    }

    /** The place of the summary of some actions of one period, the last of which has this timetoken. */
    long place(long last) {
        return end(last) + last % steps / PART;
    }

    /** The first timetoken after all places of the summaries of a period that ends there. */
    long settled(long end) {
        return end + (steps - 1) / PART + 1;
    }

    /** Actions up to this timetoken are not in any summary whose place is after a cursor. */
    long begin(long cursor) {
        long begin = cursor - cursor % steps;
        return Math.max(cursor + 1 < settled(begin) ? begin - steps : begin, 1) - 1;
    }
}
