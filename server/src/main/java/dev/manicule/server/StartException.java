package dev.manicule.server;

/** The server can't start. The message is one line for the person who starts it: what is wrong and what to do. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    StartException(String message) {
        super(message);
    }

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
