package dev.manicule.server.peers;

/** Another node does not give what it was asked for; the message says why, as the end of a sentence. Another try, or another node, may help. */
public final class PeerException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean isGone;

    PeerException(String message, boolean isGone) {
        super(message);
        this.isGone = isGone;
    }

    PeerException(String message) {
        this(message, false);
    }

    /** Whether what was asked for is not there, and will not be. */
    boolean isGone() {
        return isGone;
    }
}
