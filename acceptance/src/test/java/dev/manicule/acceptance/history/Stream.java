package dev.manicule.acceptance.history;

import java.util.List;
import java.util.Set;

/**
 * What a subscriber was told, in that order.
 *
 * @param from the cursor it began with
 * @param upTo the cursor it ended with: it must have been told all up to there
 */
public record Stream(String name, Set<String> channels, long from, long upTo, List<FeedEvent> told) {
    /** Copies the collections. */
    public Stream {
        channels = Set.copyOf(channels);
        told = List.copyOf(told);
    }
}
