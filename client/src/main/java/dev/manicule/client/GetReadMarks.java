package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.PageWalk;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Gets how far each user has read a channel, or the users who have read a message: a page with {@code sync()},
 * {@code async()} or {@code future()}, or all of them, page by page as they are needed, with {@link #stream()}.
 *
 * <pre>{@code
 * client.getReadMarks("room").since(message).stream().forEach(mark -> System.out.println(mark.uuid()));
 * }</pre>
 *
 * <p>Marks come by how far they are: the least far first, or with {@link #newestFirst()} the furthest. One that advances
 * while pages are fetched comes once or twice in the former order, and may be missing from the latter.
 *
 * @since 0.1
 */
public final class GetReadMarks extends PagedCall<GetReadMarks, ReadMarkPage, ReadMark> {
    private final @Nullable String channel;

    GetReadMarks(Transport transport, @Nullable String channel) {
        this(transport, channel, FIRST_PAGE);
    }

    private GetReadMarks(Transport transport, @Nullable String channel, Query query) {
        super(transport, query);
        this.channel = channel;
    }

    @Override
    GetReadMarks with(Query changed) {
        return new GetReadMarks(transport, channel, changed);
    }

    @Override
    PageWalk.Entries<ReadMark> entries(ReadMarkPage page) {
        return new PageWalk.Entries<>(page.marks(), page.cursor());
    }

    /**
     * Sets the channel. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public GetReadMarks channel(String name) {
        return new GetReadMarks(transport, name, query);
    }

    /**
     * Gets only marks at or after a timetoken: with the timetoken of a message, those of the users who have read it.
     *
     * @param timetoken in 100-nanosecond steps since 1970, at least 1
     * @return a call with this bound
     * @throws IllegalArgumentException when it is less than 1
     */
    public GetReadMarks since(long timetoken) {
        return with(query.with("since", required((Long) timetoken, "timetoken")));
    }

    /**
     * Turns the order round: the furthest mark first. By default, the least far is first.
     *
     * @return a call with this order
     */
    public GetReadMarks newestFirst() {
        return with(query.with("order", "newest"));
    }

    @Override
    Request<ReadMarkPage> request() {
        String name = required(channel, "channel");
        return Request.get(Operation.GET_READ_MARKS, MarkRead.path(subscribeKey(), name), query, Fields::readMarks)
                .about(name);
    }
}
