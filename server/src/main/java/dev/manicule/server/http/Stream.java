package dev.manicule.server.http;

/**
 * An answer that goes on until either side ends it: server-sent events, or a WebSocket. All of it on the event loop of
 * the connection. While nothing is sent it is kept alive by itself.
 */
public interface Stream {
    /** Sends a chunk. */
    void send(StreamChunk piece);

    /**
     * Runs an action as soon as the client has read enough of the data that was sent: now, mostly. A sender that does
     * not wait for this fills the memory with data that a slow client does not read.
     */
    void whenWritable(Runnable action);

    /** Ends the stream in order; the client may reconnect. */
    void end();

    /**
     * Ends the stream because the client may not have it any longer.
     *
     * @param words the reason, for people: at most 123 bytes of UTF-8. A WebSocket carries them in its close frame,
     *        with the status 1008
     * @param last sent before the end to a client of server-sent events, which have no close frame
     */
    void refuse(String words, StreamChunk last);
}
