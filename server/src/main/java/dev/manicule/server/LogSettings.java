package dev.manicule.server;

/**
 * What is written to the log, and how.
 *
 * @param format for whom it is; the command line sees to it, who starts a server otherwise has a log of their own
 * @param requests whether each request is logged, once it is answered
 */
public record LogSettings(Format format, boolean requests) {
    /** For people, and not each request. */
    public static final LogSettings DEFAULT = new LogSettings(Format.TEXT, false);

    /** For whom it is. */
    public enum Format {
        /** Lines for people. */
        TEXT,
        /** An object of JSON in each line, for programs. */
        JSON
    }
}
