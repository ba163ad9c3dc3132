package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gets the newest actions of a channel: a page with {@code sync()}, {@code async()} or {@code future()}, or all of
 * them, page by page as they are needed, with {@link #stream()}.
 *
 * <pre>{@code
 * client.getMessageActions("room").stream().filter(action -> action.type().equals("reaction")).count();
 * }</pre>
 *
 * @since 0.1
 */
public final class GetMessageActions extends Call<GetMessageActions.Result> {
    private static final int DEFAULT_LIMIT = 100;

    private final @Nullable String channel;
    private final @Nullable Long start;
    private final @Nullable Long end;
    private final int limit;

    /**
     * A page of actions.
     *
     * @param actions ascending by action timetoken
     * @param more the page of older ones, null when the server names no more
     * @since 0.1
     */
    public record Result(List<MessageAction> actions, @Nullable Page more) {
        /** Copies the list. */
        public Result {
            actions = List.copyOf(actions);
        }
    }

    GetMessageActions(Transport transport, @Nullable String channel) {
        this(transport, channel, null, null, DEFAULT_LIMIT);
    }

    private GetMessageActions(Transport transport, @Nullable String channel, @Nullable Long start, @Nullable Long end,
            int limit) {
        super(transport);
        this.channel = channel;
        this.start = start;
        this.end = end;
        this.limit = limit;
    }

    /**
     * Sets the channel of the messages. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public GetMessageActions channel(String name) {
        return new GetMessageActions(transport, name, start, end, limit);
    }

    /**
     * Gets only actions with a lower action timetoken; without it, from the newest on.
     *
     * @param timetoken the upper bound, excluded, in 100-nanosecond steps since 1970
     * @return a call with this bound
     */
    public GetMessageActions start(long timetoken) {
        return new GetMessageActions(transport, channel, timetoken, end, limit);
    }

    /**
     * Gets only actions with this action timetoken or a higher one.
     *
     * @param timetoken the lower bound, included, in 100-nanosecond steps since 1970
     * @return a call with this bound
     */
    public GetMessageActions end(long timetoken) {
        return new GetMessageActions(transport, channel, start, timetoken, limit);
    }

    /**
     * Sets the most actions of a page.
     *
     * @param most at least 1; 100 by default, and servers have a limit of their own (Manicule's is 1000)
     * @return a call with this limit
     * @throws IllegalArgumentException when it is less than 1
     */
    public GetMessageActions limit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("limit must be at least 1");
        }
        return new GetMessageActions(transport, channel, start, end, most);
    }

    /**
     * All actions of the range, from the newest to the oldest. Each page is fetched when the stream reaches it, on the
     * thread that reads the stream, which throws a {@link ManiculeException} when a page can't be fetched.
     *
     * @return the actions, ordered, without null
     * @throws IllegalArgumentException when the channel is missing
     */
    public Stream<MessageAction> stream() {
        String unused = required(channel, "channel");
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new Walk(this),
                Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        if (start != null && end != null && start < end) {
            throw new IllegalArgumentException("start must not be lower than end: it is the upper bound");
        }
        Path path = Path.of("v1", "message-actions", subscribeKey(), "channel", name);
        Query query = Query.NONE.with("start", start).with("end", end).with("limit", limit);
        return Request.get(Operation.GET_MESSAGE_ACTIONS, path, query,
                json -> new Result(Fields.actions(Fields.member(json, "data")), Fields.more(json))).about(name);
    }

    /** Walks the pages, newest first. */
    private static final class Walk implements Iterator<MessageAction> {
        private GetMessageActions next;
        private final Deque<MessageAction> page = new ArrayDeque<>();
        private boolean last;

        Walk(GetMessageActions next) {
            this.next = next;
        }

        @Override
        public boolean hasNext() {
            while (page.isEmpty() && !last) {
                fetch();
            }
            return !page.isEmpty();
        }

        @Override
        public MessageAction next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return page.removeLast();
        }

        /** Not every server sends {@code more} when there is more, so another request follows a full page. */
        private void fetch() {
            Result result = next.sync().orThrow();
            page.addAll(result.actions());
            last = page.isEmpty() || (result.more() == null && result.actions().size() < next.limit);
            if (!page.isEmpty()) {
                next = next.start(page.getFirst().actionTimetoken());
                last |= next.end != null && next.start != null && next.start <= next.end;
            }
        }
    }
}
