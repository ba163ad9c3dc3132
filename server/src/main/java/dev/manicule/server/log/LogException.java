package dev.manicule.server.log;

import org.jspecify.annotations.Nullable;

/** The log can't do the operation; the message says why. Entries that are durable stay so. */
public class LogException extends Exception {
    private static final long serialVersionUID = 1;

    /** One with words for the operator. */
    public LogException(String message) {
        super(message);
    }

    /** One with words for the operator, and its cause. */
    public LogException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
