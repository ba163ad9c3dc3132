package dev.manicule.server.peers;

/** Another node does not give what it was asked for; the message says why, as the end of a sentence. Another try, or another node, may help. */
public final class PeerException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int NOT_FOUND = 404;

    private final int status;

    /**
     * One.
     *
     * @param status what it answers, of HTTP
     */
    PeerException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** One that does not answer, or not as a node does. */
    PeerException(String message) {
        this(message, 0);
    }

    /** Whether what was asked for is not there, and will not be. */
    boolean isGone() {
        return status == NOT_FOUND;
    }

    /** Whether the same question would get the same answer. */
    boolean isFinal() {
        return status >= 400 && status < 500;
    }
}
