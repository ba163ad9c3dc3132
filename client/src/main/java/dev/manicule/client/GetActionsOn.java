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
public final class GetActionsOn extends Call<ActionPage> {
    private static final int DEFAULT_LIMIT = 100;

    private final @Nullable String channel;
    private final @Nullable Long message;
    private final Query query;

    GetActionsOn(Transport transport, @Nullable String channel, @Nullable Long message) {
        this(transport, channel, message, Query.NONE.with("limit", DEFAULT_LIMIT));
    }

    private GetActionsOn(Transport transport, @Nullable String channel, @Nullable Long message, Query query) {
        super(transport);
        this.channel = channel;
        this.message = message;
        this.query = query;
    }

    private GetActionsOn with(String name, @Nullable Object value) {
        return new GetActionsOn(transport, channel, message, query.with(name, value));
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
        return with("type", only);
    }

    /**
     * Gets only actions of this value; by default, of all values. Requires a {@link #type}.
     *
     * @param only the value, such as {@code wave}
     * @return a call with this value
     */
    public GetActionsOn value(String only) {
        return with("value", only);
    }

    /**
     * Gets the newest actions of each type and value first; by default, the oldest.
     *
     * @return a call with this order
     */
    public GetActionsOn newestFirst() {
        return with("order", "newest");
    }

    /**
     * Sets the most actions of a page.
     *
     * @param most at least 1; 100 by default, and the server has a limit of its own (1000)
     * @return a call with this limit
     * @throws IllegalArgumentException when it is less than 1
     */
    public GetActionsOn limit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("limit must be at least 1");
        }
        return with("limit", most);
    }

    /**
     * Continues after a page that was fetched before.
     *
     * @param after {@link ActionPage#cursor()} of that page, from a call with the same message, type, value and order; null
     *        for the first page
     * @return a call for the page after it
     */
    public GetActionsOn cursor(@Nullable String after) {
        return with("cursor", after);
    }

    /**
     * All actions, or those of the type and value. Each page is fetched when the stream reaches it, on the thread that
     * reads the stream, which throws a {@link ManiculeException} when a page can't be fetched.
     *
     * @return the actions, ordered, without null
     * @throws IllegalArgumentException when the channel or the message is missing, or there is a value without a type
     */
    public Stream<MessageAction> stream() {
        Request<ActionPage> unused = request();
        return PageWalk.stream(after -> (after == null ? this : cursor(after)).sync().orThrow());
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
