package dev.manicule.server.hub;

import dev.manicule.server.filter.Filter;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A filter that all polls of a shard with the same expression share, and its results for the last events, so that it is
 * evaluated once for each, as a rule. It belongs to one keyset, in which a timetoken is one event. Any thread may use
 * it.
 */
final class SharedFilter {
    /** How many bytes of memory it takes beside its filter. */
    static final int BYTES = 700;
    private static final int LOG_KNOWN = 6;

    final Filter filter;
    /** How many polls have it. Belongs to the event loop. */
    int polls;
    /** Timetokens of events that passed, and negative ones of events that did not, each at a place of its own. */
    private final AtomicLongArray known = new AtomicLongArray(1 << LOG_KNOWN);

    SharedFilter(Filter filter) {
        this.filter = filter;
    }

    /** Whether the event of a timetoken passes, null when that is not known any more. */
    @Nullable
    Boolean known(long timetoken) {
        long there = known.getPlain(place(timetoken));
        if (there == timetoken) {
            return true;
        }
        return there == -timetoken ? false : null;
    }

    /** Keeps the result for an event. */
    void know(long timetoken, boolean passes) {
        known.setPlain(place(timetoken), passes ? timetoken : -timetoken);
    }

    private static int place(long timetoken) {
        return (int) ((timetoken * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - LOG_KNOWN));
    }
}
