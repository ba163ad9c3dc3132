package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Gets the actions on one message, or those of a type, or the users of one action: a page with {@code sync()},
 * {@code async()} or {@code future()}, or all of them, page by page as they are needed, with {@link #stream()}.
 *
 * <pre>{@code
 * client.getActionsOn("room", message).type("reaction").value("wave").newestFirst().stream().limit(10)
 *         .forEach(action -> System.out.println(action.uuid()));
 * }</pre>
 *
 * <p>Actions of one type and one value come in the order in which they were added. Without a value, those that share type
 * and value adjoin, and are in that order among each other.
 *
 * @since 0.1
 */
public final class GetActionsOn extends PagedActions<GetActionsOn> {
    private final @Nullable String channel;
    private final @Nullable Long message;

    GetActionsOn(Transport transport, @Nullable String channel, @Nullable Long message) {
        this(transport, channel, message, FIRST_PAGE);
    }

    private GetActionsOn(Transport transport, @Nullable String channel, @Nullable Long message, Query query) {
        super(transport, query);
        this.channel = channel;
        this.message = message;
    }

    @Override
    GetActionsOn with(Query changed) {
        return new GetActionsOn(transport, channel, message, changed);
    }

    /**
     * Sets the channel of the message. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public GetActionsOn channel(String name) {
        return new GetActionsOn(transport, name, message, query);
    }

    /**
     * Sets the message. Required.
     *
     * @param timetoken the message, in 100-nanosecond steps since 1970
     * @return a call with this message
     */
    public GetActionsOn messageTimetoken(long timetoken) {
        return new GetActionsOn(transport, channel, timetoken, query);
    }

    /**
     * Gets only actions of this type; by default, of all types.
     *
     * @param only the type, such as {@code reaction}
     * @return a call with this type
     */
    public GetActionsOn type(String only) {
        return with(query.with("type", only));
    }

    /**
     * Gets only actions of this value; by default, of all values. Requires a {@link #type}.
     *
     * @param only the value, such as {@code wave}
     * @return a call with this value
     */
    public GetActionsOn value(String only) {
        return with(query.with("value", only));
    }

    @Override
    Request<ActionPage> request() {
        String name = required(channel, "channel");
        if (query.has("value") && !query.has("type")) {
            throw new IllegalArgumentException("type is missing: a value alone selects no actions");
        }
        Path path = Path.of("v1", "message-actions", subscribeKey(), "channel", name, "message",
                required(message, "messageTimetoken"));
        return Request.get(Operation.GET_ACTIONS_ON_MESSAGE, path, query, Fields::actionPage).about(name);
    }
}
