package dev.manicule.acceptance;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What stands in for a gateway of notifications: it records what it gets, and answers as a test says. Any thread may use it. */
abstract class PushGateway implements AutoCloseable {
    private final List<Sent> requests = new CopyOnWriteArrayList<>();
    private volatile Function<Sent, @Nullable Reply> replies = sent -> Reply.TAKEN;

    /**
     * A request.
     *
     * @param fields its header fields, by their names in lower case
     * @param nanos when it came
     */
    record Sent(String path, Map<String, String> fields, String body, long nanos) {}

    /** A response. */
    record Reply(int status, Map<String, String> fields, String body) {
        static final Reply TAKEN = new Reply(200, Map.of(), "{}");

        static Reply of(int status, String body) {
            return new Reply(status, Map.of(), body);
        }
    }

    /** Records a request; the response to it, null for none at all. */
    final @Nullable Reply reply(Sent sent) {
        requests.add(sent);
        return replies.apply(sent);
    }

    /** How it answers from now on. */
    final void answers(Function<Sent, @Nullable Reply> newReplies) {
        replies = newReplies;
    }

    /** All requests so far whose path or body has a text in it. */
    final List<Sent> with(String text) {
        return requests.stream().filter(sent -> sent.path().contains(text) || sent.body().contains(text)).toList();
    }

    abstract int port();

    @Override
    public abstract void close();
}
