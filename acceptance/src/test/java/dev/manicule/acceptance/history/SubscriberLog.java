package dev.manicule.acceptance.history;

import java.util.List;
import java.util.Set;

/**
 * The events that a subscriber received, in that order.
 *
 * @param from the cursor it began with
 * @param upTo the cursor it ended with: it must have received all up to there
 */
public record SubscriberLog(String name, Set<String> channels, long from, long upTo, List<FeedEvent> delivered) {
    /** Copies the collections. */
    public SubscriberLog {
        channels = Set.copyOf(channels);
        delivered = List.copyOf(delivered);
    }
}
