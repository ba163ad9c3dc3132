package dev.manicule.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts an action on a message. Returns the action, now with its uuid and its own timetoken. */
public final class AddMessageAction extends Call<MessageAction> {
    private final String subscribeKey;
    private @Nullable String channel;
    private @Nullable MessageAction action;

    AddMessageAction(Transport transport) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
    }

    /** The channel of the message. Required. */
    public AddMessageAction channel(String name) {
        channel = name;
        return this;
    }

    /** The action to add. Required, with type, value and message timetoken. */
    public AddMessageAction messageAction(MessageAction messageAction) {
        action = messageAction;
        return this;
    }

    @Override
    Request<MessageAction> request() {
        String name = required(channel, "channel");
        if (action == null) {
            throw new IllegalArgumentException("messageAction is missing");
        }
        String type = required(action.type(), "type");
        String value = required(action.value(), "value");
        long message = required(action.messageTimetoken(), "messageTimetoken");
        String path = "/v1/message-actions/" + Request.encode(subscribeKey) + "/channel/" + Request.encode(name)
                + "/message/" + message;
        String body = Transport.json(Map.of("type", type, "value", value), "messageAction");
        return new Request<>(Operation.ADD_MESSAGE_ACTION, "POST", path, Map.of(), body, null, List.of(name),
                json -> Answers.action(Answers.member(json, "data")));
    }
}
