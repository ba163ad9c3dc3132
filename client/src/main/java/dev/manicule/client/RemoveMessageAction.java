package dev.manicule.client;

import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Takes an action off a message. Only its owner may do so, and a client with the secret key.
 *
 * <pre>{@code
 * client.removeMessageAction("room", added).sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class RemoveMessageAction extends Call<RemoveMessageAction.Result> {
    private final @Nullable String channel;
    private final @Nullable Long messageTimetoken;
    private final @Nullable Long actionTimetoken;

    /**
     * The action is removed; the result is empty.
     *
     * @since 0.1
     */
    public record Result() {}

    RemoveMessageAction(Transport transport, @Nullable String channel, @Nullable Long messageTimetoken,
            @Nullable Long actionTimetoken) {
        super(transport);
        this.channel = channel;
        this.messageTimetoken = messageTimetoken;
        this.actionTimetoken = actionTimetoken;
    }

    /**
     * Sets the channel of the message. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public RemoveMessageAction channel(String name) {
        return new RemoveMessageAction(transport, name, messageTimetoken, actionTimetoken);
    }

    /**
     * Sets the action. Required.
     *
     * @param timetoken the action's own, in 100-nanosecond steps since 1970
     * @return a call with this action
     */
    public RemoveMessageAction actionTimetoken(long timetoken) {
        return new RemoveMessageAction(transport, channel, messageTimetoken, timetoken);
    }

    /**
     * Sets the message of the action. Required.
     *
     * @param timetoken the message's, in 100-nanosecond steps since 1970
     * @return a call with this message
     */
    public RemoveMessageAction messageTimetoken(long timetoken) {
        return new RemoveMessageAction(transport, channel, timetoken, actionTimetoken);
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        long action = required(actionTimetoken, "actionTimetoken");
        long message = required(messageTimetoken, "messageTimetoken");
        Path path = Path.of("v1", "message-actions", subscribeKey(), "channel", name, "message", message, "action",
                action);
        return Request.delete(Operation.REMOVE_MESSAGE_ACTION, path, Query.NONE, json -> new Result()).about(name);
    }
}
