package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches stored messages of one channel or of several, with the actions on them if requested. Of {@code start} and
 * {@code end} the first is excluded and the second included; with only one, or when start is the higher, the newest
 * messages of the range are returned, otherwise the oldest.
 */
public final class FetchMessages extends Call<FetchMessages.Result> {
    private final String subscribeKey;
    private List<String> channels = List.of();
    private @Nullable Integer maximum;
    private @Nullable Long start;
    private @Nullable Long end;
    private boolean actions;
    private boolean meta;
    private boolean uuid = true;
    private boolean messageType;
    private boolean customMessageType;

    /**
     * Messages by channel, ascending; channels without any are left out.
     *
     * @param more the page of older ones, null when the server names no more
     */
    public record Result(Map<String, List<Message>> channels, @Nullable Page more) {}

    /**
     * A stored message.
     *
     * @param meta null when there is none, or when it was not requested
     * @param uuid the publisher; null when none was named, or when it was not requested
     * @param messageType null for plain messages, or when it was not requested
     * @param customMessageType null when there is none, or when it was not requested
     * @param actions type to value to actors; empty when there are none, or when they were not requested
     */
    public record Message(JsonNode message, long timetoken, @Nullable JsonNode meta, @Nullable String uuid,
            @Nullable Integer messageType, @Nullable String customMessageType,
            Map<String, Map<String, List<Actor>>> actions) {}

    /** The user of an action on a message, and the action's own timetoken. */
    public record Actor(String uuid, long actionTimetoken) {}

    FetchMessages(Transport transport) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
    }

    /** The channels. Required. */
    public FetchMessages channels(String... names) {
        return channels(Arrays.asList(names));
    }

    /** The channels. Required. */
    public FetchMessages channels(List<String> names) {
        channels = List.copyOf(names);
        return this;
    }

    /**
     * The most messages of each channel: up to 100 of one channel, 25 of several or with actions, which is the default.
     */
    public FetchMessages maximumPerChannel(int most) {
        maximum = most;
        return this;
    }

    /** The bound that is excluded. */
    public FetchMessages start(long timetoken) {
        start = timetoken;
        return this;
    }

    /** The bound that is included. */
    public FetchMessages end(long timetoken) {
        end = timetoken;
        return this;
    }

    /** Whether to include the actions on each message; by default not. */
    public FetchMessages includeMessageActions(boolean include) {
        actions = include;
        return this;
    }

    /** Whether to include the metadata of each message; by default not. */
    public FetchMessages includeMeta(boolean include) {
        meta = include;
        return this;
    }

    /** Whether to include the publisher; by default so. */
    public FetchMessages includeUuid(boolean include) {
        uuid = include;
        return this;
    }

    /** Whether to include the protocol's type of each message; by default not. */
    public FetchMessages includeMessageType(boolean include) {
        messageType = include;
        return this;
    }

    /** Whether to include the publisher's type of each message; by default not. */
    public FetchMessages includeCustomMessageType(boolean include) {
        customMessageType = include;
        return this;
    }

    @Override
    Request<Result> request() {
        if (channels.isEmpty()) {
            throw new IllegalArgumentException("channel is missing");
        }
        channels.forEach(name -> required(name, "channel"));
        String path = (actions ? "/v3/history-with-actions" : "/v3/history") + "/sub-key/"
                + Request.encode(subscribeKey) + "/channel/" + Request.encode(channels);
        Request.Query query = new Request.Query().with("max", maximum)
                .with("start", start)
                .with("end", end)
                .flag("include_meta", meta)
                .flag("include_uuid", uuid)
                .flag("include_message_type", messageType)
                .flag("include_custom_message_type", customMessageType)
                .with("encode_channels", "false");
        return Request.get(Operation.FETCH_MESSAGES, path, query, channels, FetchMessages::result);
    }

    private static Result result(JsonNode json) {
        Map<String, List<Message>> channels = new LinkedHashMap<>();
        Answers.member(json, "channels").properties().forEach(channel -> {
            List<Message> messages = new ArrayList<>();
            channel.getValue().forEach(message -> messages.add(message(message)));
            channels.put(channel.getKey(), Collections.unmodifiableList(messages));
        });
        return new Result(Collections.unmodifiableMap(channels), Answers.more(json));
    }

    private static Message message(JsonNode json) {
        JsonNode type = json.get("message_type");
        Map<String, Map<String, List<Actor>>> actions = new LinkedHashMap<>();
        json.path("actions").properties().forEach(group -> {
            Map<String, List<Actor>> values = new LinkedHashMap<>();
            group.getValue().properties().forEach(value -> values.put(value.getKey(), actors(value.getValue())));
            actions.put(group.getKey(), values);
        });
        return new Message(Answers.member(json, "message"), Answers.timetoken(Answers.member(json, "timetoken")),
                Answers.meta(json, "meta"), Answers.textOrNull(json, "uuid"),
                type == null || type.isNull() ? null : (Integer) type.asInt(),
                Answers.textOrNull(json, "custom_message_type"), actions);
    }

    private static List<Actor> actors(JsonNode array) {
        List<Actor> actors = new ArrayList<>();
        array.forEach(actor -> actors.add(new Actor(Answers.text(actor, "uuid"),
                Answers.timetoken(Answers.member(actor, "actionTimetoken")))));
        return actors;
    }
}
