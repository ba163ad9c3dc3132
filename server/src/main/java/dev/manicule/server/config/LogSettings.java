package dev.manicule.server.config;

/**
 * The content of the log, and its format.
 *
 * @param format its format; the command line applies it, other programs that start a server have a log of their own
 * @param requests whether each request is logged, once it is answered
 */
public record LogSettings(Format format, boolean requests) {
    /** For people, and not each request. */
    public static final LogSettings DEFAULT = new LogSettings(Format.TEXT, false);

    /** The formats of the log, by their readers. */
    public enum Format {
        /** Lines for people. */
        TEXT,
        /** An object of JSON in each line, for programs. */
        JSON
    }
}
