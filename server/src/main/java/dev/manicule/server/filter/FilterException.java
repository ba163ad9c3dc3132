package dev.manicule.server.filter;

/** A text that is no filter expression; the message says what was expected where. */
public final class FilterException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whether it is rejected only for too many parts. */
    private final boolean isTooLong;

    FilterException(String message) {
        this(message, false);
    }

    FilterException(String message, boolean isTooLong) {
        super(message);
        this.isTooLong = isTooLong;
    }

    /** Whether the expression has more parts than it may. */
    public boolean isTooLong() {
        return isTooLong;
    }
}
