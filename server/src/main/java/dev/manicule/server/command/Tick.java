package dev.manicule.server.command;

/** Let time pass: what is due happens, although no other command comes. */
public record Tick() implements Command<Tick.Outcome> {
    static final int KIND = 11;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits Ticked, Unavailable {}

    /** Time has passed. */
    public record Ticked() implements Outcome {
        static final int KIND = 0xB0;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS;
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
    }
}
