package dev.manicule.server.command;

/**
 * Which submission of a command an entry of the log is: unique in the log. The node that submitted it finds by it who waits
 * for the outcome.
 *
 * @param node the node, each start of a process being another one
 * @param sequence the submission's number on that node
 */
public record OperationId(long node, long sequence) {}
