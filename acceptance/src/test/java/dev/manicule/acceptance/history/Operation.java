package dev.manicule.acceptance.history;

/**
 * One invocation and its result.
 *
 * @param invoked when it was sent: of two moments of a history, the later has the higher number
 * @param answered when its result was there
 */
public record Operation(Invocation invocation, long invoked, long answered, Result result) {}
