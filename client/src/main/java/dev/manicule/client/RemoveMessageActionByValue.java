package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Takes an action off a message by its type and value, without its timetoken: the user's own, or, with the secret key,
 * that of another user. Its result is the action that was removed.
 *
 * <pre>{@code
 * client.removeMessageActionByValue("room", message, "reaction", "wave").sync().orThrow();
 * }</pre>
 *
 * <p>Where there is no such action, the status is {@link Category#BAD_REQUEST}.
 *
 * @since 0.1
 */
public final class RemoveMessageActionByValue extends Call<MessageAction> {
    private final @Nullable String channel;
    private final @Nullable Long messageTimetoken;
    private final Query query;

    RemoveMessageActionByValue(Transport transport) {
        this(transport, null, null, Query.NONE);
    }

    private RemoveMessageActionByValue(Transport transport, @Nullable String channel, @Nullable Long messageTimetoken,
            Query query) {
        super(transport);
        this.channel = channel;
        this.messageTimetoken = messageTimetoken;
        this.query = query;
    }

    /**
     * Sets the channel of the message. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public RemoveMessageActionByValue channel(String name) {
        return new RemoveMessageActionByValue(transport, name, messageTimetoken, query);
    }

    /**
     * Sets the message of the action. Required.
     *
     * @param timetoken the message's, in 100-nanosecond steps since 1970
     * @return a call with this message
     */
    public RemoveMessageActionByValue messageTimetoken(long timetoken) {
        return new RemoveMessageActionByValue(transport, channel, timetoken, query);
    }

    /**
     * Sets the type of the action. Required.
     *
     * @param of the type, such as {@code reaction}, not empty
     * @return a call with this type
     */
    public RemoveMessageActionByValue type(String of) {
        return with("type", of);
    }

    /**
     * Sets the value of the action. Required.
     *
     * @param of the value, such as {@code wave}, not empty
     * @return a call with this value
     */
    public RemoveMessageActionByValue value(String of) {
        return with("value", of);
    }

    /**
     * Sets the owner of the action; by default, the client's own user. To remove an action of another user, the client
     * needs the secret key.
     *
     * @param owner the user that put it there, not empty; null for the client's own
     * @return a call for an action of this user
     */
    public RemoveMessageActionByValue uuid(@Nullable String owner) {
        return with("of", owner);
    }

    private RemoveMessageActionByValue with(String name, @Nullable String text) {
        return new RemoveMessageActionByValue(transport, channel, messageTimetoken, query.with(name, text));
    }

    @Override
    Request<MessageAction> request() {
        String name = required(channel, "channel");
        for (String needed : new String[]{"type", "value"}) {
            String unused = required(query.get(needed), needed);
        }
        String owner = query.get("of");
        if (owner != null) {
            String unused = required(owner, "uuid");
        }
        return Request.delete(Operation.REMOVE_MESSAGE_ACTION_BY_VALUE,
                ActionOnMessage.path(subscribeKey(), name, messageTimetoken), query,
                json -> Fields.action(Fields.member(json, "data"))).about(name);
    }
}
