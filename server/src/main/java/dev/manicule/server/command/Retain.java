package dev.manicule.server.command;

/**
 * Keep what a keyset stores for so long from now on. What is older is gone at once, for reads and for rules.
 *
 * @param keyset the subscribe key of the keyset
 * @param steps in 100 ns, at least 1; {@link #FOREVER}
 */
public record Retain(String keyset, long steps) implements Command<Retain.Outcome> {
    /** Nothing ever gets too old. */
    public static final long FOREVER = -1;
    static final int KIND = 5;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits Retained, Unavailable {}

    /** The keyset keeps what it stores for that long now. */
    public record Retained() implements Outcome {
        static final int KIND = 0x50;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS;
    }

    static Retain readFrom(ByteReader in) throws DamagedFormException {
        return new Retain(in.text(), in.number());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.text(keyset);
        out.number(steps);
    }
}
