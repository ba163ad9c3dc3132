package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Gets the counts of the actions on messages of a channel, with the first users of each and the client's user's own
 * actions. Actions are not fetched, so a message with 25,000 of them costs no more than one with three.
 *
 * <pre>{@code
 * client.getActionSummaries("room", message).sync().orThrow().summary(message).tallies()
 *         .forEach((type, values) -> values.forEach((value, tally) -> show(type, value, tally.count())));
 * }</pre>
 *
 * <p>A request is for 100 messages at most, and a server may respond with fewer; the call then sends further requests,
 * one after the other, each with the configured timeout. Each summary is of a moment of its own.
 *
 * @see ActionCounts
 * @since 0.1
 */
public final class GetActionSummaries extends Call<GetActionSummaries.Result> {
    private static final int MOST_AT_ONCE = 100;

    private final @Nullable String channel;
    /** Each once. */
    private final List<Long> messages;

    /**
     * Summaries by message.
     *
     * @param summaries message timetoken to summary, in the order of the request: of each requested message, also one
     *        without actions
     * @since 0.1
     */
    public record Result(Map<Long, ActionSummary> summaries) {
        /** Copies the map. */
        public Result {
            summaries = Collections.unmodifiableMap(new LinkedHashMap<>(summaries));
        }

        /**
         * The summary of a message.
         *
         * @param messageTimetoken one of the requested messages, in 100-nanosecond steps since 1970
         * @return its summary, never null
         * @throws IllegalArgumentException when it was not requested
         */
        public ActionSummary summary(long messageTimetoken) {
            ActionSummary summary = summaries.get(messageTimetoken);
            if (summary == null) {
                throw new IllegalArgumentException(
                        "no summary of message " + messageTimetoken + " was requested: add it to the call's messages");
            }
            return summary;
        }
    }

    GetActionSummaries(Transport transport, @Nullable String channel, List<Long> messages) {
        super(transport);
        this.channel = channel;
        this.messages = messages;
    }

    /**
     * Sets the channel of the messages. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public GetActionSummaries channel(String name) {
        return new GetActionSummaries(transport, name, messages);
    }

    /**
     * Adds messages. At least one is required.
     *
     * @param messageTimetokens the messages, in 100-nanosecond steps since 1970; any number
     * @return a call with these messages too
     */
    public GetActionSummaries messages(long... messageTimetokens) {
        return messages(LongStream.of(messageTimetokens).boxed().collect(Collectors.toList()));
    }

    /**
     * Adds messages. At least one is required.
     *
     * @param messageTimetokens the messages, in 100-nanosecond steps since 1970; any number, without null
     * @return a call with these messages too
     */
    public GetActionSummaries messages(Collection<Long> messageTimetokens) {
        LinkedHashSet<Long> all = new LinkedHashSet<>(messages);
        all.addAll(messageTimetokens);
        return new GetActionSummaries(transport, channel, List.copyOf(all));
    }

    @Override
    Request<Result> request() {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("messageTimetokens are missing");
        }
        for (Long message : messages) {
            long unused = required(message, "messageTimetoken");
        }
        return request(Map.of());
    }

    private @Nullable Request<Result> rest(Result result) {
        return result.summaries().size() < messages.size() ? request(result.summaries()) : null;
    }

    /** A request for messages that have no summary yet. */
    private Request<Result> request(Map<Long, ActionSummary> known) {
        String name = required(channel, "channel");
        List<Long> next = messages.stream()
                .filter(message -> !known.containsKey(message))
                .limit(MOST_AT_ONCE)
                .collect(Collectors.toList());
        Path path = Path.of("v1", "message-actions", subscribeKey(), "channel", name, "summary");
        Query query = Query.NONE.with("messages", next.stream().map(String::valueOf).collect(Collectors.joining(",")));
        return Request.get(Operation.GET_ACTION_SUMMARIES, path, query, json -> result(name, known, next, json))
                .about(name)
                .then(this::rest);
    }

    /** Those that are known, and those of a response. */
    private Result result(String name, Map<Long, ActionSummary> known, List<Long> requested, JsonNode json) {
        JsonNode data = Fields.member(json, "data");
        Map<Long, ActionSummary> all = new LinkedHashMap<>();
        List<Long> found = new ArrayList<>();
        for (Long message : messages) {
            ActionSummary before = known.get(message);
            JsonNode summary = data.get(String.valueOf(message));
            if (before != null) {
                all.put(message, before);
            } else if (summary != null) {
                found.add(message);
                all.put(message, Fields.summary(name, message, transport.config().uuid(), summary));
            }
        }
        if (found.isEmpty()) { // another request would bring no more
            throw new IllegalArgumentException("no summary of any of the messages " + requested);
        }
        return new Result(all);
    }
}
