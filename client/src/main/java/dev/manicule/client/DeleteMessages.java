package dev.manicule.client;

import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Deletes stored messages of a channel, and the actions on them: all, or those of a range. Of {@code start} and
 * {@code end} the first is excluded and the second included, whichever is higher; with only a start, all older messages
 * are deleted.
 *
 * <pre>{@code
 * client.deleteMessages("room").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class DeleteMessages extends Call<DeleteMessages.Result> {
    private final @Nullable String channel;
    private final Query query;

    /**
     * The messages are deleted; the result is empty.
     *
     * @since 0.1
     */
    public record Result() {}

    DeleteMessages(Transport transport, @Nullable String channel) {
        this(transport, channel, Query.NONE);
    }

    private DeleteMessages(Transport transport, @Nullable String channel, Query query) {
        super(transport);
        this.channel = channel;
        this.query = query;
    }

    /**
     * Sets the channel. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public DeleteMessages channel(String name) {
        return new DeleteMessages(transport, name, query);
    }

    /**
     * Sets the bound that is excluded.
     *
     * @param timetoken the bound, in 100-nanosecond steps since 1970
     * @return a call with this bound
     */
    public DeleteMessages start(long timetoken) {
        return new DeleteMessages(transport, channel, query.with("start", timetoken));
    }

    /**
     * Sets the bound that is included.
     *
     * @param timetoken the bound, in 100-nanosecond steps since 1970
     * @return a call with this bound
     */
    public DeleteMessages end(long timetoken) {
        return new DeleteMessages(transport, channel, query.with("end", timetoken));
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        Path path = Path.of("v3", "history", "sub-key", subscribeKey(), "channel", name);
        return Request.delete(Operation.DELETE_MESSAGES, path, query, json -> new Result()).about(name);
    }
}
