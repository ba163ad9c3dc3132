package dev.manicule.server.filter;

/** A text that is no filter expression; the message says what was expected where. */
public final class FilterException extends Exception {
    private static final long serialVersionUID = 1L;

    FilterException(String message) {
        super(message);
    }
}
