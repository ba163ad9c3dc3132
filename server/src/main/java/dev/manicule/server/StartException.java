package dev.manicule.server;

/** The server can't start. The message is one line for the person who starts it: the fault and its remedy. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    StartException(String message) {
        super(message);
    }

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
