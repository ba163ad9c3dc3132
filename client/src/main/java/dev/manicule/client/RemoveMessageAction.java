package dev.manicule.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes an action off a message. Only its owner may do so; the result is empty. */
public final class RemoveMessageAction extends Call<RemoveMessageAction.Result> {
    private final String subscribeKey;
    private @Nullable String channel;
    private @Nullable Long actionTimetoken;
    private @Nullable Long messageTimetoken;

    /** The action is removed; the result is empty. */
    public record Result() {}

    RemoveMessageAction(Transport transport) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
    }

    /** The channel of the message. Required. */
    public RemoveMessageAction channel(String name) {
        channel = name;
        return this;
    }

    /** The action. Required. */
    public RemoveMessageAction actionTimetoken(long timetoken) {
        actionTimetoken = timetoken;
        return this;
    }

    /** The message of the action. Required. */
    public RemoveMessageAction messageTimetoken(long timetoken) {
        messageTimetoken = timetoken;
        return this;
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        long action = required(actionTimetoken, "actionTimetoken");
        long message = required(messageTimetoken, "messageTimetoken");
        String path = "/v1/message-actions/" + Request.encode(subscribeKey) + "/channel/" + Request.encode(name)
                + "/message/" + message + "/action/" + action;
        return new Request<>(Operation.REMOVE_MESSAGE_ACTION, "DELETE", path, Map.of(), null, null, List.of(name),
                json -> new Result());
    }
}
