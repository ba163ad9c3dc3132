package dev.manicule.server.command;

/**
 * An entry of the log: a command, and what the state machine needs to apply it in the same way on every machine.
 *
 * @param operation which submission it is
 * @param rules the version of the rules that decide over it
 * @param notBefore the highest timetoken that the submitting node has sent to a client; the command gets a higher one
 */
public record Entry(OperationId operation, int rules, long notBefore, Command<?> command) {}
