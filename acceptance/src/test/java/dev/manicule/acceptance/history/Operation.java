package dev.manicule.acceptance.history;

/**
 * One request and its answer.
 *
 * @param invoked when it was sent: of two moments of a history, the later has the higher number
 * @param answered when its answer was there
 */
public record Operation(Request request, long invoked, long answered, Result answer) {}
