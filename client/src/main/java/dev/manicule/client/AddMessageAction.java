package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts an action on a message. Its result is the action, with its uuid and its own timetoken.
 *
 * <pre>{@code
 * MessageAction added = client.addMessageAction("room", MessageAction.of("reaction", "wave", message))
 *         .sync().orThrow();
 * }</pre>
 *
 * <p>Where the user has put the same action on the message before, the status is {@link Category#CONFLICT}.
 *
 * @since 0.1
 */
public final class AddMessageAction extends Call<MessageAction> {
    private final @Nullable String channel;
    private final @Nullable MessageAction action;

    AddMessageAction(Transport transport, @Nullable String channel, @Nullable MessageAction action) {
        super(transport);
        this.channel = channel;
        this.action = action;
    }

    /**
     * Sets the channel of the message. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public AddMessageAction channel(String name) {
        return new AddMessageAction(transport, name, action);
    }

    /**
     * Sets the action. Required.
     *
     * @param messageAction the action, with type, value and message timetoken
     * @return a call with this action
     */
    public AddMessageAction messageAction(MessageAction messageAction) {
        return new AddMessageAction(transport, channel, messageAction);
    }

    @Override
    Request<MessageAction> request() {
        String name = required(channel, "channel");
        if (action == null) {
            throw new IllegalArgumentException("messageAction is missing");
        }
        String type = required(action.type(), "type");
        String value = required(action.value(), "value");
        Path path = Path.of("v1", "message-actions", subscribeKey(), "channel", name, "message",
                required(action.messageTimetoken(), "messageTimetoken"));
        String body = Json.write(Map.of("type", type, "value", value), "messageAction");
        return Request.post(Operation.ADD_MESSAGE_ACTION, path, Query.NONE, body,
                json -> Fields.action(Fields.member(json, "data"))).about(name);
    }
}
