package dev.manicule.cli;

/** What the process ends with, for scripts. */
final class ExitCode {
    /** It was done. */
    static final int OK = 0;
    /** The server said no, or this program failed. */
    static final int REFUSED = 1;
    /** The command line makes no sense; nothing was done. */
    static final int USAGE = 2;
    /** The server could not be reached, or did not answer in time. */
    static final int UNREACHABLE = 3;
    /** The action is on the message already. */
    static final int ALREADY_THERE = 4;

    /** The server has stopped by itself, and its log says why: a new start may help (EX_TEMPFAIL of sysexits.h). */
    static final int START_AGAIN = 75;
    /** The reader of the output left before its end: what a shell says of a process that SIGPIPE ended. */
    static final int OUTPUT_CLOSED = 141;

    private ExitCode() {}
}
