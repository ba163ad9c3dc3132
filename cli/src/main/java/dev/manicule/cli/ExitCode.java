package dev.manicule.cli;

/** The exit codes of the process, for scripts. */
final class ExitCode {
    /** Success. */
    static final int OK = 0;
    /** The server rejected the request, or this program failed. */
    static final int REFUSED = 1;
    /** Usage error; nothing was done. */
    static final int USAGE = 2;
    /** The server could not be reached, or did not respond in time. */
    static final int UNREACHABLE = 3;
    /** The action is on the message already. */
    static final int ALREADY_THERE = 4;

    /** The server has stopped by itself, and its log says why: a restart may help (EX_TEMPFAIL of sysexits.h). */
    static final int START_AGAIN = 75;
    /** The reader of the output left before its end: the code that a shell has for a process that SIGPIPE ended. */
    static final int OUTPUT_CLOSED = 141;

    private ExitCode() {}
}
