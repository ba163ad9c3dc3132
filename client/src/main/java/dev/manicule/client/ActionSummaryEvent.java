package dev.manicule.client;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The counts of actions on a message changed in a period. Comes in place of each {@link MessageActionEvent} where the
 * subscription has {@linkplain Subscribe#withActionSummaries summaries}: at most one a message and period.
 *
 * @param channel the channel of the message
 * @param subscription the subscription that matched; null when it is the channel itself
 * @param timetoken its place among all events, in 100-nanosecond steps since 1970
 * @param messageTimetoken the message, in 100-nanosecond steps since 1970
 * @param asOf all changes of the message's actions up to here are counted, and none after it; in 100-nanosecond steps
 *        since 1970
 * @param counts by type and value, how many actions there are now, 0 or more, of those that changed in the period; it does
 *        not change
 * @param hasMore whether more types and values changed than these; then the message's {@link ActionSummary} has the others, as far as it has room
 * @see ActionCounts
 * @since 0.1
 */
public record ActionSummaryEvent(String channel, @Nullable String subscription, long timetoken, long messageTimetoken,
        long asOf, Map<String, Map<String, Long>> counts, boolean hasMore) implements Event {
    /** Copies the counts. */
    public ActionSummaryEvent {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        counts.forEach((type, byValue) -> copy.put(type, Map.copyOf(byValue)));
        counts = Collections.unmodifiableMap(copy);
    }

    @Override
    public void deliverTo(Listener listener) {
        listener.actionSummary(this);
    }
}
