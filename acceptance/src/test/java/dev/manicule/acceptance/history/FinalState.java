package dev.manicule.acceptance.history;

import java.util.List;
import java.util.Map;

/**
 * What a channel holds in the end.
 *
 * @param messages timetokens and texts
 * @param actions keys and timetokens
 * @param feed all events, as a subscriber receives them that catches up from the beginning
 */
public record FinalState(Map<Long, String> messages, Map<ActionKey, Long> actions, List<FeedEvent> feed) {
    /** Copies the collections. */
    public FinalState {
        messages = Map.copyOf(messages);
        actions = Map.copyOf(actions);
        feed = List.copyOf(feed);
    }
}
