package dev.manicule.client;

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
 */
public final class GetMessageActions extends Call<GetMessageActions.Result> {
    private static final int DEFAULT_LIMIT = 100;

    private final Transport transport;
    private @Nullable String channel;
    private @Nullable Long start;
    private @Nullable Long end;
    private int limit = DEFAULT_LIMIT;

    /**
     * A page of actions.
     *
     * @param actions ascending by action timetoken
     * @param more the page of older ones, null when the server names no more
     */
    public record Result(List<MessageAction> actions, @Nullable Page more) {
        /** Copies the list. */
        public Result {
            actions = List.copyOf(actions);
        }
    }

    GetMessageActions(Transport transport) {
        super(transport);
        this.transport = transport;
    }

    /** The channel of the messages. Required. */
    public GetMessageActions channel(String name) {
        channel = name;
        return this;
    }

    /** Only actions with a lower action timetoken; without it, from the newest on. */
    public GetMessageActions start(long timetoken) {
        start = timetoken;
        return this;
    }

    /** Only actions with this action timetoken or a higher one. */
    public GetMessageActions end(long timetoken) {
        end = timetoken;
        return this;
    }

    /** The most actions of a page; 100 by default, and servers have a limit of their own (Manicule's is 1000). */
    public GetMessageActions limit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("limit must be at least 1");
        }
        limit = most;
        return this;
    }

    /**
     * All actions of the range, from the newest to the oldest. Each page is fetched when the stream reaches it, on the
     * thread that reads the stream.
     *
     * @throws ManiculeException from the stream, when a page can't be fetched
     */
    public Stream<MessageAction> stream() {
        required(channel, "channel");
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new Walk(copy()),
                Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        if (start != null && end != null && start < end) {
            throw new IllegalArgumentException("start must not be lower than end: it is the upper bound");
        }
        String path = "/v1/message-actions/" + Request.encode(transport.config().keys().subscribeKey()) + "/channel/"
                + Request.encode(name);
        Request.Query query = new Request.Query().with("start", start).with("end", end).with("limit", limit);
        return Request.get(Operation.GET_MESSAGE_ACTIONS, path, query, List.of(name),
                json -> new Result(Answers.actions(Answers.member(json, "data")), Answers.more(json)));
    }

    private GetMessageActions copy() {
        GetMessageActions copy = new GetMessageActions(transport);
        copy.channel = channel;
        copy.start = start;
        copy.end = end;
        copy.limit = limit;
        return copy;
    }

    /** Walks the pages, newest first. */
    private static final class Walk implements Iterator<MessageAction> {
        private final GetMessageActions next;
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
                next.start(page.getFirst().actionTimetoken());
                last |= next.end != null && next.start != null && next.start <= next.end;
            }
        }
    }
}
