package dev.manicule.server.command;

/**
 * The byte form of an {@link Entry}: a byte for the version of the form, the operation, the version of the rules, the lowest
 * time, the command. How the forms of commands change is with {@link Command#writeTo}; this version is that of what stands
 * around them.
 */
public final class EntryCodec {
    private static final int VERSION = 1;

    private EntryCodec() {}

    /**
     * Appends an entry. What {@code out} held before stays, also when this throws.
     *
     * @throws IllegalArgumentException if half of a surrogate pair stands alone in a text
     */
    public static void encode(Entry entry, ByteWriter out) {
        int before = out.length();
        boolean isWritten = false;
        try {
            out.octet(VERSION);
            out.number(entry.operation().node());
            out.number(entry.operation().sequence());
            out.integer(entry.rules());
            out.number(entry.notBefore());
            entry.command().writeTo(out);
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
     * @throws DamagedFormException if that is no entry, or one of a later version
     */
    public static Entry decode(ByteReader in) throws DamagedFormException {
        int version = in.octet();
        if (version != VERSION) {
            throw in.damaged("an entry of version " + version + " can't be read by this version of the server");
        }
        OperationId operation = new OperationId(in.number(), in.number());
        Entry entry = new Entry(operation, in.integer(), in.number(), Command.readFrom(in));
        in.end();
        return entry;
    }
}
