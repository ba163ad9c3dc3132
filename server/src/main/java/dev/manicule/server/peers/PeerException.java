package dev.manicule.server.peers;

/**
 * Another node does not deliver what was requested; the message says why, as the end of a sentence. Another try, or
 * another node, may help.
 */
public final class PeerException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int NOT_FOUND = 404;

    private final int status;

    /**
     * One.
     *
     * @param status the status of its response, of HTTP
     */
    PeerException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** A node that does not respond, or not as a node does. */
    PeerException(String message) {
        this(message, 0);
    }

    /** Whether the requested content does not exist, and never will. */
    boolean isGone() {
        return status == NOT_FOUND;
    }

    /** Whether the same request would get the same response. */
    boolean isFinal() {
        return status >= 400 && status < 500;
    }
}
