package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.PageWalk;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.stream.Stream;
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
public final class GetActionsBy extends Call<ActionPage> {
    private static final int DEFAULT_LIMIT = 100;

    private final @Nullable String channel;
    private final @Nullable String uuid;
    private final Query query;

    GetActionsBy(Transport transport, @Nullable String channel, @Nullable String uuid) {
        this(transport, channel, uuid, Query.NONE.with("limit", DEFAULT_LIMIT));
    }

    private GetActionsBy(Transport transport, @Nullable String channel, @Nullable String uuid, Query query) {
        super(transport);
        this.channel = channel;
        this.uuid = uuid;
        this.query = query;
    }

    private GetActionsBy with(String name, @Nullable Object value) {
        return new GetActionsBy(transport, channel, uuid, query.with(name, value));
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

    /**
     * Gets the actions on the newest messages first; by default, on the oldest.
     *
     * @return a call with this order
     */
    public GetActionsBy newestFirst() {
        return with("order", "newest");
    }

    /**
     * Sets the most actions of a page.
     *
     * @param most at least 1; 100 by default, and the server has a limit of its own (1000)
     * @return a call with this limit
     * @throws IllegalArgumentException when it is less than 1
     */
    public GetActionsBy limit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("limit must be at least 1");
        }
        return with("limit", most);
    }

    /**
     * Continues after a page that was fetched before.
     *
     * @param after {@link ActionPage#cursor()} of that page, from a call with the same user and order; null for the first
     *        page
     * @return a call for the page after it
     */
    public GetActionsBy cursor(@Nullable String after) {
        return with("cursor", after);
    }

    /**
     * All actions of the user. Each page is fetched when the stream reaches it, on the thread that reads the stream, which
     * throws a {@link ManiculeException} when a page can't be fetched.
     *
     * @return the actions, ordered, without null
     * @throws IllegalArgumentException when the channel or the user is missing
     */
    public Stream<MessageAction> stream() {
        Request<ActionPage> unused = request();
        return PageWalk.stream(after -> (after == null ? this : cursor(after)).sync().orThrow());
    }

    @Override
    Request<ActionPage> request() {
        String name = required(channel, "channel");
        Path path = Path.of("v1", "message-actions", subscribeKey(), "channel", name, "user", required(uuid, "uuid"));
        return Request.get(Operation.GET_ACTIONS_BY_USER, path, query, Fields::actionPage).about(name);
    }
}
