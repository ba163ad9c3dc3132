package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.Collection;
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

    SetMessageActions(Transport transport, @Nullable String channel, @Nullable Long messageTimetoken,
            @Nullable String type, @Nullable List<String> values) {
        super(transport);
        this.channel = channel;
        this.messageTimetoken = messageTimetoken;
        this.type = type;
        this.values = values;
    }

    /**
     * Sets the channel of the message. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public SetMessageActions channel(String name) {
        return new SetMessageActions(transport, name, messageTimetoken, type, values);
    }

    /**
     * Sets the message. Required.
     *
     * @param timetoken the message's, in 100-nanosecond steps since 1970
     * @return a call with this message
     */
    public SetMessageActions messageTimetoken(long timetoken) {
        return new SetMessageActions(transport, channel, timetoken, type, values);
    }

    /**
     * Sets the type of the actions. Required.
     *
     * @param of the type, such as {@code label}, not empty
     * @return a call with this type
     */
    public SetMessageActions type(String of) {
        return new SetMessageActions(transport, channel, messageTimetoken, of, values);
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
        return new SetMessageActions(transport, channel, messageTimetoken, type, List.copyOf(all));
    }

    @Override
    Request<ChangedActions> request() {
        String name = required(channel, "channel");
        if (values == null) {
            throw new IllegalArgumentException("values are missing: an empty list removes all of the type");
        }
        Path path = ActionOnMessage.path(subscribeKey(), name, messageTimetoken).and("actions");
        return Request.put(Operation.SET_MESSAGE_ACTIONS, path, Query.NONE.with("type", required(type, "type")),
                Json.write(Map.of("values", checked(values, "values")), "values"),
                json -> Fields.changed(Fields.member(json, "data"))).about(name);
    }
}
