package dev.manicule.server.http;

import java.util.concurrent.Executor;

/** One request that waits for its answer. While it waits it holds neither a thread nor a buffer. */
public interface Exchange {
    /** Sends the answer. Once, from any thread. When the client is gone meanwhile, nothing happens. */
    void answer(Answer answer);

    /**
     * Marks the exchange as one that may wait long, and says what to do if the client hangs up before the answer. On
     * the event loop; the action runs there too.
     */
    void onHangUp(Runnable action);

    /**
     * Begins to answer with a stream instead of an answer: a WebSocket where the request asks for one, otherwise
     * server-sent events. On the event loop.
     *
     * @param hangUp runs on the event loop when the client is gone, and not after {@link Stream#end}
     */
    Stream stream(Runnable hangUp);

    /** The event loop that the connection belongs to, a single thread. */
    Executor loop();
}
