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
public final class RemoveMessageActionByValue extends ActionRemoval<RemoveMessageActionByValue, MessageAction> {
    RemoveMessageActionByValue(Transport transport) {
        this(transport, null, null, Query.NONE);
    }

    private RemoveMessageActionByValue(Transport transport, @Nullable String channel, @Nullable Long messageTimetoken,
            Query query) {
        super(transport, channel, messageTimetoken, query);
    }

    @Override
    RemoveMessageActionByValue with(@Nullable String name, @Nullable Long timetoken, Query changed) {
        return new RemoveMessageActionByValue(transport, name, timetoken, changed);
    }

    @Override
    Request<MessageAction> request() {
        String name = required(channel, "channel");
        for (String needed : new String[]{"type", "value"}) {
            String unused = required(query.get(needed), needed);
        }
        return Request.delete(Operation.REMOVE_MESSAGE_ACTION_BY_VALUE, path(), query,
                json -> Fields.action(Fields.member(json, "data"))).about(name);
    }
}
