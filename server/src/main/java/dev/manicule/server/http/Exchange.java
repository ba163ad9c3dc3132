package dev.manicule.server.http;

import dev.manicule.server.limits.Client;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** One request that waits for its answer. While it waits it holds neither a thread nor a buffer. */
public interface Exchange {
    /** Sends the answer. Once, from any thread. When the client is gone meanwhile, nothing happens. */
    void respond(Response response);

    /**
     * Marks the exchange as one that may wait long, and sets an action for the case that the client hangs up before the
     * answer. On the event loop; the action runs there too.
     */
    void onHangUp(Runnable action);

    /**
     * Begins a stream instead of an answer: a WebSocket where the request asks for one, otherwise server-sent events.
     * On the event loop.
     *
     * @param hangUp runs on the event loop when the client is gone, and not after {@link Stream#end}
     */
    Stream stream(Runnable hangUp);

    /**
     * Which web pages may read the answer: {@code *} for all, which is the default, otherwise the origin of one; null
     * where those of other origins may, so that caches keep the answers apart. Before the answer, on the event loop.
     */
    void allowOrigin(@Nullable String origin);

    /** No web page of another origin may read the answer. Before the answer, on the event loop. */
    void allowNoOrigin();

    /** Whether it was answered, or its client has hung up: then nothing more is sent. On the event loop. */
    boolean isOver();

    /** Ends the connection without an answer, as if the network had. From any thread. */
    void hangUp();

    /** Does something after a while, unless the client has hung up. On the event loop; the action runs there too. */
    void later(Duration delay, Runnable action);

    /**
     * Does something now and then for as long as the exchange waits. On the event loop; the action runs there too. One action
     * at a time.
     *
     * @param action runs after about a second the first time; it returns after how many seconds it runs next
     */
    void watch(IntSupplier action);

    /**
     * For how many nanoseconds the client has sent no sign of life: of a WebSocket no frame, else no acknowledgement of
     * its machine's kernel. 0 where that can't be known, for a client that has hung up itself, and as long as a live
     * client may be silent for so long. On the event loop.
     *
     * @param within the network is probed several times in so many nanoseconds; at least a few seconds
     */
    long silentNanos(long within);

    /** The client that it is charged to: its connection and the address that its request comes from. No keyset yet. */
    Client client();

    /**
     * Charges all that it holds from now on to this keyset too. On the event loop, before a call of {@link #client}.
     */
    void belongsTo(String subscribeKey);

    /** How many requests the server works on, polls that wait not among them. */
    int requestsInFlight();

    /**
     * How the client has named this server: scheme, host and perhaps a port, such as {@code https://chat.example.com}. Of a
     * client behind a trusted proxy, the scheme is the one that the proxy forwards.
     */
    String origin();

    /** The event loop that the connection belongs to, a single thread. */
    Executor loop();
}
