package dev.manicule.client;

/**
 * The kind of a {@link Status}. The codes are those of the protocol's Python clients; 18 and above are our own.
 *
 * @since 0.1
 */
public enum Category {
    /** An error of no other kind. */
    UNKNOWN(1),
    /** The call succeeded. */
    ACKNOWLEDGMENT(2),
    /** The server denied the request for lack of permission (403). */
    ACCESS_DENIED(3),
    /** No response came in time. */
    TIMEOUT(4),
    /** The server could not be reached, or the connection broke. */
    NETWORK_ISSUES(5),
    /** The subscription is up. */
    CONNECTED(6),
    /** The subscription is up again, and goes on where it was: nothing is lost. */
    RECONNECTED(7),
    /** The subscription has ended, as the caller requested. */
    DISCONNECTED(8),
    /** The subscription lost its connection. */
    UNEXPECTED_DISCONNECT(9),
    /** The client was closed, or the call cancelled, before the response. */
    CANCELLED(10),
    /** The server could not make sense of the request (400). */
    BAD_REQUEST(11),
    /** The filter expression is malformed. */
    MALFORMED_FILTER_EXPRESSION(12),
    /** The response does not follow the protocol. */
    MALFORMED_RESPONSE(13),
    /** TLS could not be set up. */
    TLS_CONNECTION_FAILED(15),
    /** The server's certificate is not trusted. */
    TLS_UNTRUSTED_CERTIFICATE(16),
    /** This client failed; please report it. */
    INTERNAL_EXCEPTION(17),
    /**
     * The action is on the message already (409): after a retry, as good as success. {@link Status.ErrorData#existing()} is
     * the one that is there.
     */
    CONFLICT(18),
    /** The request or its URI is too large (413, 414). */
    TOO_LARGE(19),
    /** Too many requests (429). */
    RATE_LIMIT_EXCEEDED(20),
    /** The server is overloaded or stopping (503); a later attempt may succeed. */
    UNAVAILABLE(21),
    /** The subscription has given up, after as many attempts as configured. */
    RECONNECTION_ATTEMPTS_EXHAUSTED(22),
    /**
     * More was subscribed to, or from another timetoken, while the subscription was up, and the server has accepted it.
     * The status has all channels and groups of the subscription. Changes that follow each other at once may have one
     * status together; a change while the subscription is not up has {@link #CONNECTED} or {@link #RECONNECTED}.
     */
    SUBSCRIPTION_CHANGED(23),
    /** The metadata is not the one that was read any more (412): see {@link SetMetadata#ifMatch}. Nothing has changed. */
    PRECONDITION_FAILED(24);

    private final int code;

    Category(int code) {
        this.code = code;
    }

    /**
     * Its number.
     *
     * @return 1 to 24
     */
    public int code() {
        return code;
    }
}
