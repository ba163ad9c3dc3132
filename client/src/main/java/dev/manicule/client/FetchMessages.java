package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches stored messages of one channel or of several, with the actions on them if requested. Of {@code start} and
 * {@code end} the first is excluded and the second included; with only one, or when start is the higher, the newest
 * messages of the range are returned, otherwise the oldest.
 *
 * <pre>{@code
 * client.fetchMessages("room").includeMessageActions(true).maximumPerChannel(25)
 *         .sync().orThrow().channels().get("room")
 *         .forEach(message -> System.out.println(message.message() + " " + message.actions()));
 * }</pre>
 *
 * @since 0.1
 */
public final class FetchMessages extends Call<FetchMessages.Result> {
    private final List<String> channels;
    private final boolean actions;
    private final Query query;

    /**
     * Messages by channel.
     *
     * @param channels messages by channel, ascending by timetoken; channels without any are left out
     * @param more the page of older ones, null when the server names no more
     * @since 0.1
     */
    public record Result(Map<String, List<Message>> channels, @Nullable Page more) {}

    /**
     * A stored message.
     *
     * @param message what was published
     * @param timetoken when it was published, in 100-nanosecond steps since 1970
     * @param meta null when there is none, or when it was not requested
     * @param uuid the publisher; null when none was named, or when it was not requested
     * @param types the protocol's type and the publisher's
     * @param actions type to value to actors; empty when there are none, or when they were not requested
     * @param derived what the server makes of the actions
     * @since 0.1
     */
    public record Message(JsonNode message, long timetoken, @Nullable JsonNode meta, @Nullable String uuid, Types types,
            Map<String, Map<String, List<Actor>>> actions, Derived derived) {
        /**
         * The counts of the actions.
         *
         * @return null when they were not requested
         */
        public @Nullable ActionSummary actionSummary() {
            return derived.actionSummary;
        }

        /**
         * The edit or deletion that counts.
         *
         * @return null when nothing changed the message, or when it was not requested
         */
        public @Nullable Effective effective() {
            return derived.effective;
        }

        /**
         * The message as it is now: with its edit, else as it was published. For calls with
         * {@link FetchMessages#includeEffective}.
         *
         * @return null when it is deleted
         */
        public @Nullable JsonNode current() {
            return derived.effective == null ? message : derived.effective.message;
        }

        /**
         * The protocol's type.
         *
         * @return null for plain messages, or when it was not requested
         */
        public @Nullable Integer messageType() {
            return types.messageType;
        }

        /**
         * The publisher's type.
         *
         * @return null when there is none, or when it was not requested
         */
        public @Nullable String customMessageType() {
            return types.customMessageType;
        }
    }

    /**
     * The types of a message.
     *
     * @param messageType the protocol's; null for plain messages, or when it was not requested
     * @param customMessageType the publisher's; null when there is none, or when it was not requested
     * @since 0.1
     */
    public record Types(@Nullable Integer messageType, @Nullable String customMessageType) {}

    /**
     * What the server makes of the actions on a message.
     *
     * @param actionSummary their counts; null when they were not requested
     * @param effective the edit or deletion that counts; null when there is none, or when it was not requested
     * @since 0.1
     */
    public record Derived(@Nullable ActionSummary actionSummary, @Nullable Effective effective) {}

    /**
     * An edit or a deletion of a message: an action of the type {@code edit} or {@code deleted} that counts.
     *
     * @param message the message with the edit; null when it is deleted
     * @param by the user of the action, and its timetoken
     * @since 0.1
     */
    public record Effective(@Nullable JsonNode message, Actor by) {
        /**
         * Tells a deletion from an edit.
         *
         * @return whether the message is deleted
         */
        public boolean isDeleted() {
            return message == null;
        }
    }

    /**
     * The user of an action on a message.
     *
     * @param uuid the user
     * @param actionTimetoken the action's own, in 100-nanosecond steps since 1970
     * @param expires the timetoken from which on it leaves by itself, in 100-nanosecond steps since 1970; 0 when it stays,
     *        and in summaries
     * @param amount for how many it counts; 1 in summaries
     * @since 0.1
     */
    public record Actor(String uuid, long actionTimetoken, long expires, int amount) {
        /**
         * That of an action that counts for one and stays.
         *
         * @param uuid the user
         * @param actionTimetoken the action's own, in 100-nanosecond steps since 1970
         */
        public Actor(String uuid, long actionTimetoken) {
            this(uuid, actionTimetoken, 0, 1);
        }
    }

    FetchMessages(Transport transport) {
        this(transport, List.of(), false, Query.NONE.flag("include_uuid", true).with("encode_channels", "false"));
    }

    private FetchMessages(Transport transport, List<String> channels, boolean actions, Query query) {
        super(transport);
        this.channels = channels;
        this.actions = actions;
        this.query = query;
    }

    private FetchMessages with(Query changed) {
        return new FetchMessages(transport, channels, actions, changed);
    }

    /**
     * Adds channels. At least one is required.
     *
     * @param names the channels
     * @return a call with these channels too
     */
    public FetchMessages channels(String... names) {
        return channels(List.of(names));
    }

    /**
     * Adds channels. At least one is required.
     *
     * @param names the channels
     * @return a call with these channels too
     */
    public FetchMessages channels(List<String> names) {
        return new FetchMessages(transport, with(channels, names), actions, query);
    }

    /**
     * Sets the most messages of each channel.
     *
     * @param most up to 100 of one channel, 25 of several or with actions, which is the default
     * @return a call with this limit
     */
    public FetchMessages maximumPerChannel(int most) {
        return with(query.with("max", most));
    }

    /**
     * Sets the bound that is excluded.
     *
     * @param timetoken the bound, in 100-nanosecond steps since 1970
     * @return a call with this bound
     */
    public FetchMessages start(long timetoken) {
        return with(query.with("start", timetoken));
    }

    /**
     * Sets the bound that is included.
     *
     * @param timetoken the bound, in 100-nanosecond steps since 1970
     * @return a call with this bound
     */
    public FetchMessages end(long timetoken) {
        return with(query.with("end", timetoken));
    }

    /**
     * Sets whether to include the actions on each message; by default not.
     *
     * @param include whether to include them
     * @return a call with this choice
     */
    public FetchMessages includeMessageActions(boolean include) {
        return new FetchMessages(transport, channels, include, query);
    }

    /**
     * Sets whether to include the counts of the actions on each message, with the first users and the client's user's
     * own; by default not. With {@link #includeMessageActions} too, all actions come beside their counts.
     *
     * @param include whether to include them
     * @return a call with this choice
     */
    public FetchMessages includeActionSummary(boolean include) {
        return with(query.flag("include_action_summary", include));
    }

    /**
     * Sets whether to include the edit or deletion of each message that counts; by default not. The publisher's count, and
     * those of the owner of the keyset where its rules say so. The server reads only these, however many actions there are.
     *
     * @param include whether to include them
     * @return a call with this choice
     */
    public FetchMessages includeEffective(boolean include) {
        return with(query.flag("include_effective", include));
    }

    /**
     * Sets whether to include the metadata of each message; by default not.
     *
     * @param include whether to include it
     * @return a call with this choice
     */
    public FetchMessages includeMeta(boolean include) {
        return with(query.flag("include_meta", include));
    }

    /**
     * Sets whether to include the publisher; by default so.
     *
     * @param include whether to include it
     * @return a call with this choice
     */
    public FetchMessages includeUuid(boolean include) {
        return with(query.flag("include_uuid", include));
    }

    /**
     * Sets whether to include the protocol's type of each message; by default not.
     *
     * @param include whether to include it
     * @return a call with this choice
     */
    public FetchMessages includeMessageType(boolean include) {
        return with(query.flag("include_message_type", include));
    }

    /**
     * Sets whether to include the publisher's type of each message; by default not.
     *
     * @param include whether to include it
     * @return a call with this choice
     */
    public FetchMessages includeCustomMessageType(boolean include) {
        return with(query.flag("include_custom_message_type", include));
    }

    @Override
    Request<Result> request() {
        List<String> names = required(channels, "channel");
        Path path = Path.of("v3", actions ? "history-with-actions" : "history", "sub-key", subscribeKey(), "channel",
                names);
        return Request.get(Operation.FETCH_MESSAGES, path, query, this::result).about(names, List.of());
    }

    private Result result(JsonNode json) {
        Map<String, List<Message>> channels = new LinkedHashMap<>();
        Fields.member(json, "channels").properties().forEach(channel -> {
            List<Message> messages = new ArrayList<>();
            channel.getValue().forEach(message -> messages.add(message(channel.getKey(), message)));
            channels.put(channel.getKey(), Collections.unmodifiableList(messages));
        });
        return new Result(Collections.unmodifiableMap(channels), Fields.more(json));
    }

    private Message message(String channel, JsonNode json) {
        long timetoken = Fields.timetoken(Fields.member(json, "timetoken"));
        JsonNode summary = json.get("action_summary");
        JsonNode type = json.get("message_type");
        Map<String, Map<String, List<Actor>>> actions = new LinkedHashMap<>();
        json.path("actions").properties().forEach(group -> {
            Map<String, List<Actor>> values = new LinkedHashMap<>();
            group.getValue()
                    .properties()
                    .forEach(value -> values.put(value.getKey(),
                            Collections.unmodifiableList(Fields.actors(value.getValue()))));
            actions.put(group.getKey(), Collections.unmodifiableMap(values));
        });
        return new Message(Fields.member(json, "message"), timetoken, Fields.meta(json, "meta"),
                Fields.textOrNull(json, "uuid"),
                new Types(type == null || type.isNull() ? null : (Integer) type.asInt(),
                        Fields.textOrNull(json, "custom_message_type")),
                Collections.unmodifiableMap(actions),
                new Derived(summary == null || summary.isNull()
                        ? null
                        : Fields.summary(channel, timetoken, transport.config().uuid(), summary),
                        effective(json.get("effective"))));
    }

    private static @Nullable Effective effective(@Nullable JsonNode json) {
        if (json == null || json.isNull()) {
            return null;
        }
        return json.has("deleted")
                ? new Effective(null, Fields.actor(Fields.member(json, "deleted")))
                : new Effective(Fields.member(json, "message"), Fields.actor(Fields.member(json, "edited")));
    }
}
