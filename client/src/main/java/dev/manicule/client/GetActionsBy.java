package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Gets the actions of one user in a channel, by message: a page with {@code sync()}, {@code async()} or {@code future()},
 * or all of them, page by page as they are needed, with {@link #stream()}.
 *
 * <pre>{@code
 * client.getActionsBy("room", "bob").newestFirst().stream().limit(10)
 *         .forEach(action -> System.out.println(action.messageTimetoken() + " " + action.value()));
 * }</pre>
 *
 * @since 0.1
 */
public final class GetActionsBy extends PagedActions<GetActionsBy> {
    private final @Nullable String channel;
    private final @Nullable String uuid;

    GetActionsBy(Transport transport, @Nullable String channel, @Nullable String uuid) {
        this(transport, channel, uuid, FIRST_PAGE);
    }

    private GetActionsBy(Transport transport, @Nullable String channel, @Nullable String uuid, Query query) {
        super(transport, query);
        this.channel = channel;
        this.uuid = uuid;
    }

    @Override
    GetActionsBy with(Query changed) {
        return new GetActionsBy(transport, channel, uuid, changed);
    }

    /**
     * Sets the channel of the messages. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public GetActionsBy channel(String name) {
        return new GetActionsBy(transport, name, uuid, query);
    }

    /**
     * Sets the user. Required.
     *
     * @param name the user, not empty
     * @return a call with this user
     */
    public GetActionsBy uuid(String name) {
        return new GetActionsBy(transport, channel, name, query);
    }

    @Override
    Request<ActionPage> request() {
        String name = required(channel, "channel");
        Path path = Path.of("v1", "message-actions", subscribeKey(), "channel", name, "user", required(uuid, "uuid"));
        return Request.get(Operation.GET_ACTIONS_BY_USER, path, query, Fields::actionPage).about(name);
    }
}
