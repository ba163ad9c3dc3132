package dev.manicule.server.command;

import java.util.function.IntConsumer;

/**
 * An entry of the log: a command, and what the state machine needs to apply it in the same way on every machine.
 *
 * <p>Its byte form: a byte for the version of the form, the operation, the version of the rules, the lowest time, the
 * command. {@link Command#writeTo} describes how the forms of commands change; this version is that of the fields
 * around them.
 *
 * @param operation which submission it is
 * @param rules the version of the rules that decide over it
 * @param notBefore the highest timetoken that the submitting node has sent to a client; the command gets a higher one
 */
public record Entry(OperationId operation, int rules, long notBefore, Command<?> command) {
    private static final int VERSION = 1;

    /**
     * Appends the byte form. What {@code out} held before stays, also when this throws.
     *
     * @throws IllegalArgumentException if half of a surrogate pair stands alone in a text
     */
    public void writeTo(ByteWriter out) {
        int before = out.length();
        boolean isWritten = false;
        try {
            out.octet(VERSION);
            out.number(operation.node());
            out.number(operation.sequence());
            out.integer(rules);
            out.number(notBefore);
            command.writeTo(out);
            isWritten = true;
        } finally {
            if (!isWritten) {
                out.cutTo(before);
            }
        }
    }

    /**
     * Reads an entry, which must end where the bytes do.
     *
     * @param rules receives the version of the rules before the command is read, which may be one that only a later
     *         server has; an exception of it ends the reading
     * @throws DamagedFormException if that is no entry, or one of a later version
     */
    public static Entry readFrom(ByteReader in, IntConsumer rules) throws DamagedFormException {
        int version = in.octet();
        if (version != VERSION) {
            throw in.damaged("an entry of version " + version + " can't be read by this version of the server");
        }
        OperationId operation = new OperationId(in.number(), in.number());
        int asked = in.integer();
        rules.accept(asked);
        Entry entry = new Entry(operation, asked, in.number(), Command.readFrom(in));
        in.end();
        return entry;
    }
}
