package dev.manicule.server.ledger;

/**
 * A data folder can't be used. The message is one sentence for the operator: which folder, what is wrong with it, what
 * to do.
 */
public final class DataFolderException extends Exception {
    private static final long serialVersionUID = 1;

    /** With what went wrong, and what to do about it. */
    public DataFolderException(String message) {
        super(message);
    }

    /** With what went wrong, and what to do about it. */
    public DataFolderException(String message, Throwable cause) {
        super(message, cause);
    }
}
