package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Counts the messages of channels that are newer than a timetoken, one for each channel.
 *
 * <pre>{@code
 * int unread = client.messageCounts("room", lastRead).sync().orThrow().channels().get("room");
 * }</pre>
 *
 * @since 0.1
 */
public final class MessageCounts extends Call<MessageCounts.Result> {
    private final Map<String, Long> since;

    /**
     * The counts.
     *
     * @param channels how many messages each channel has; servers count up to 10,000
     * @since 0.1
     */
    public record Result(Map<String, Integer> channels) {}

    MessageCounts(Transport transport, Map<String, Long> since) {
        super(transport);
        this.since = since;
    }

    /**
     * Counts a channel's messages with a higher timetoken. At least one channel is required.
     *
     * @param name the channel, not empty
     * @param timetoken the timetoken, in 100-nanosecond steps since 1970; at least 1
     * @return a call with this channel too
     */
    public MessageCounts channel(String name, long timetoken) {
        Map<String, Long> more = new LinkedHashMap<>(since);
        more.put(name, timetoken);
        return new MessageCounts(transport, Collections.unmodifiableMap(more));
    }

    @Override
    Request<Result> request() {
        List<String> channels = required(List.copyOf(since.keySet()), "channel");
        String timetokens = since.values()
                .stream()
                .map(timetoken -> String.valueOf(required(timetoken, "timetoken")))
                .collect(Collectors.joining(","));
        Path path = Path.of("v3", "history", "sub-key", subscribeKey(), "message-counts", channels);
        Query query = Query.NONE.with(channels.size() == 1 ? "timetoken" : "channelsTimetoken", timetokens);
        return Request.get(Operation.MESSAGE_COUNTS, path, query, MessageCounts::result).about(channels, List.of());
    }

    private static Result result(JsonNode json) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Fields.member(json, "channels")
                .properties()
                .forEach(channel -> counts.put(channel.getKey(), channel.getValue().intValue()));
        return new Result(Collections.unmodifiableMap(counts));
    }
}
