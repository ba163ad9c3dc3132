package dev.manicule.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The actions on a message, counted by the server, however many there are. All of it is of one moment; {@link ActionCounts}
 * keeps it right while events come.
 *
 * <pre>{@code
 * ActionSummary summary = client.getActionSummaries("room", message).sync().orThrow().summary(message);
 * System.out.println(summary.tally("reaction", "wave").count());
 * }</pre>
 *
 * @param channel the channel of the message
 * @param messageTimetoken the message, in 100-nanosecond steps since 1970
 * @param reader the user of the client that requested it, whose actions are {@link ActionTally#mine()}
 * @param asOf the moment, in 100-nanosecond steps since 1970: every event on the message up to this timetoken is counted,
 *        and none after it
 * @param tallies type to value to tally; without the types and values that no action has
 * @param hasMore whether the message has more types and values than these: over 100, or long ones
 * @see ManiculeClient#getActionSummaries(String, long...)
 * @see FetchMessages#includeActionSummary(boolean)
 * @since 0.1
 */
public record ActionSummary(String channel, long messageTimetoken, String reader, long asOf,
        Map<String, Map<String, ActionTally>> tallies, boolean hasMore) {
    /** Copies the maps. */
    public ActionSummary {
        Map<String, Map<String, ActionTally>> copy = new LinkedHashMap<>();
        tallies.forEach((type, values) -> copy.put(type, Collections.unmodifiableMap(new LinkedHashMap<>(values))));
        tallies = Collections.unmodifiableMap(copy);
    }

    /**
     * The tally of a type and a value.
     *
     * @param type the type, such as {@code reaction}
     * @param value the value, such as {@code wave}
     * @return its tally; one that counts 0 when no action has them, or the summary {@linkplain #hasMore() lacks} them
     */
    public ActionTally tally(String type, String value) {
        return tallies.getOrDefault(type, Map.of()).getOrDefault(value, ActionTally.NONE);
    }
}
