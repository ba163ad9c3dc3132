package dev.manicule.server.http;

/**
 * An answer that goes on as long as both sides like: server-sent events, or a WebSocket. All of it on the event loop of
 * the connection. While nothing is sent it is kept alive by itself.
 */
public interface Stream {
    /** Sends something. */
    void send(Piece piece);

    /**
     * Runs an action as soon as the client has read enough of what was sent: now, mostly. Whoever sends without asking
     * fills the memory with what a slow client does not read.
     */
    void whenWritable(Runnable action);

    /** Ends the stream in order. */
    void end();
}
