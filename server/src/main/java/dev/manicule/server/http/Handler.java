package dev.manicule.server.http;

/** Answers requests. Called on event loops, so it must not block. */
public interface Handler {
    /**
     * Ensures that the exchange is answered, now or later. An exception from it is a fault of its own and ends the
     * connection.
     */
    void handle(Request request, Exchange exchange);

    /**
     * Whether a request is to be handled as soon as its head has come, with a body that comes in while it is handled.
     * On event loops.
     *
     * @param path as sent, up to the question mark
     */
    default boolean takesBodyAsItComes(String method, String path) {
        return false;
    }

    /** The answer to input that is no request, or none to be handled; the connection is closed after it. */
    Response refuse(Refusal refusal);

    /** Why the input is not handled. */
    enum Refusal {
        /** It is not HTTP, or not well formed. */
        MALFORMED,
        /** It names a host that this server does not serve. */
        UNKNOWN_HOST,
        /** The URI is longer than the limit. */
        URI_TOO_LONG,
        /** The header fields are longer than the limit. */
        HEADERS_TOO_LARGE,
        /** It requests a WebSocket of a version that this server does not speak, or of none. */
        OTHER_WEBSOCKET,
        /** It requests a WebSocket, and has no key for it. */
        WEBSOCKET_WITHOUT_KEY,
        /** It does not come in whole. */
        TOO_SLOW,
        /** There are too many connections. */
        TOO_MANY_CONNECTIONS,
        /** The client makes the server hold too much memory, or all clients together do. */
        OVERLOADED
    }
}
