package dev.manicule.acceptance.faults;

import java.io.Serial;

/** The server said that it could not read what it was asked for. */
final class UnreadableException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
        super(message);
    }
}
