package dev.manicule.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes an action off a message. Only whose it is may; the result is empty. */
public final class RemoveMessageAction extends Call<RemoveMessageAction.Result> {
    private final String subscribeKey;
    private @Nullable String channel;
    private @Nullable Long actionTimetoken;
    private @Nullable Long messageTimetoken;

    /** There is nothing to say beyond that it was done. */
    public record Result() {}

    RemoveMessageAction(Transport transport) {
        super(transport);
        subscribeKey = transport.config().subscribeKey();
    }

    /** Where the message is. Required. */
    public RemoveMessageAction channel(String name) {
        channel = name;
        return this;
    }

    /** Which action. Required. */
    public RemoveMessageAction actionTimetoken(long timetoken) {
        actionTimetoken = timetoken;
        return this;
    }

    /** On which message. Required. */
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
