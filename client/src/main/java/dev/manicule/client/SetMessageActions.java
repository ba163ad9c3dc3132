package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes some values the ones that the user has of a type on a message: at one moment the server adds those that are
 * missing, and removes all others. Its result says which.
 *
 * <pre>{@code
 * ChangedActions changed = client.setMessageActions("room", message, "label", "urgent", "bug").sync().orThrow();
 * }</pre>
 *
 * <p>A token has to grant both: to write and to delete.
 *
 * @since 0.1
 */
public final class SetMessageActions extends Call<ChangedActions> {
    private final @Nullable String channel;
    private final @Nullable Long messageTimetoken;
    private final @Nullable String type;
    private final @Nullable List<String> values;
    private final @Nullable Duration ttl;

    SetMessageActions(Transport transport, @Nullable String channel, @Nullable Long messageTimetoken,
            @Nullable String type, @Nullable List<String> values) {
        this(transport, channel, messageTimetoken, type, values, null);
    }

    private SetMessageActions(Transport transport, @Nullable String channel, @Nullable Long messageTimetoken,
            @Nullable String type, @Nullable List<String> values, @Nullable Duration ttl) {
        super(transport);
        this.channel = channel;
        this.messageTimetoken = messageTimetoken;
        this.type = type;
        this.values = values;
        this.ttl = ttl;
    }

    /**
     * Sets the channel of the message. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public SetMessageActions channel(String name) {
        return new SetMessageActions(transport, name, messageTimetoken, type, values, ttl);
    }

    /**
     * Sets the message. Required.
     *
     * @param timetoken the message's, in 100-nanosecond steps since 1970
     * @return a call with this message
     */
    public SetMessageActions messageTimetoken(long timetoken) {
        return new SetMessageActions(transport, channel, timetoken, type, values, ttl);
    }

    /**
     * Sets the type of the actions. Required.
     *
     * @param of the type, such as {@code label}, not empty
     * @return a call with this type
     */
    public SetMessageActions type(String of) {
        return new SetMessageActions(transport, channel, messageTimetoken, of, values, ttl);
    }

    /**
     * Sets the values, instead of those that were set before. Required.
     *
     * @param all the values, none of them empty; none to remove all of the type. Servers take up to 100
     * @return a call with these values
     */
    public SetMessageActions values(String... all) {
        return values(List.of(all));
    }

    /**
     * Sets the values, instead of those that were set before. Required.
     *
     * @param all the values, none of them empty; none to remove all of the type. Servers take up to 100
     * @return a call with these values
     */
    public SetMessageActions values(Collection<String> all) {
        return new SetMessageActions(transport, channel, messageTimetoken, type, List.copyOf(all), ttl);
    }

    /**
     * Has the values leave by themselves after a time, each with an event that {@linkplain MessageActionEvent#isExpired()
     * says so}. Those that were there before and leave by themselves are renewed: they leave after this time, counted from
     * now on, and are in {@link ChangedActions#renewed()}. By default values stay, unless a rule of the keyset sets a time;
     * the shorter of both holds.
     *
     * @param timeToLive whole seconds, from 1 second to 365 days
     * @return a call with this time
     * @throws IllegalArgumentException when it is another time
     */
    public SetMessageActions ttl(Duration timeToLive) {
        return new SetMessageActions(transport, channel, messageTimetoken, type, values,
                ActionOnMessage.checked(timeToLive));
    }

    @Override
    Request<ChangedActions> request() {
        String name = required(channel, "channel");
        if (values == null) {
            throw new IllegalArgumentException("values are missing: an empty list removes all of the type");
        }
        Path path = ActionOnMessage.path(subscribeKey(), name, messageTimetoken).and("actions");
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("values", checked(values, "values"));
        ActionOnMessage.put(ttl, body);
        return Request.put(Operation.SET_MESSAGE_ACTIONS, path, Query.NONE.with("type", required(type, "type")),
                Json.write(body, "values"), json -> Fields.changed(Fields.member(json, "data"))).about(name);
    }
}
