package dev.manicule.server.log;

/**
 * Entries that were durable are missing from the log, or are not what was written. The log refuses to open, since it would
 * continue with a hole. The message names the file and the position.
 */
public final class LogDamagedException extends LogException {
    private static final long serialVersionUID = 1;

    LogDamagedException(String message) {
        super(message);
    }

    /** Damage at a position of a file, in bytes. */
    static LogDamagedException at(LogFiles files, String name, long position, String what) {
        return new LogDamagedException(
                "The log is damaged: " + what + ", at byte " + position + " of " + name + " in " + files + ".");
    }
}
