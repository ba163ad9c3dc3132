package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts the messages of channels that are newer than a timetoken, one for each channel. */
public final class MessageCounts extends Call<MessageCounts.Result> {
    private final String subscribeKey;
    private final Map<String, Long> since = new LinkedHashMap<>();

    /** How many messages each channel has; servers count up to 10,000. */
    public record Result(Map<String, Integer> channels) {}

    MessageCounts(Transport transport) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
    }

    /** Counts a channel's messages with a higher timetoken. At least one channel is required. */
    public MessageCounts channel(String name, long timetoken) {
        since.put(name, timetoken);
        return this;
    }

    @Override
    Request<Result> request() {
        if (since.isEmpty()) {
            throw new IllegalArgumentException("channel is missing");
        }
        since.forEach((name, timetoken) -> {
            required(name, "channel");
            required(timetoken, "timetoken");
        });
        List<String> channels = List.copyOf(since.keySet());
        String path = "/v3/history/sub-key/" + Request.encode(subscribeKey) + "/message-counts/"
                + Request.encode(channels);
        String timetokens = since.values().stream().map(String::valueOf).collect(Collectors.joining(","));
        Request.Query query = new Request.Query().with(channels.size() == 1 ? "timetoken" : "channelsTimetoken",
                timetokens);
        return Request.get(Operation.MESSAGE_COUNTS, path, query, channels, MessageCounts::result);
    }

    private static Result result(JsonNode json) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Answers.member(json, "channels")
                .properties()
                .forEach(channel -> counts.put(channel.getKey(),
                        channel.getValue().intValue()));
        return new Result(counts);
    }
}
