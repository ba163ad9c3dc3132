package dev.manicule.server.command;

/**
 * Identifies the submission of a command that an entry of the log is: unique in the log. The submitting node uses it to
 * find the callback that waits for the outcome.
 *
 * @param node the node, each start of a process being another one
 * @param sequence the submission's number on that node
 */
public record OperationId(long node, long sequence) {}
