package dev.manicule.server.command;

/** Let time pass: what is due happens, although nothing else does. */
public record Tick() implements Command<Tick.Outcome> {
    private static final long BYTES = 400;

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits Ticked, Unavailable {}

    /** Time has passed. */
    public record Ticked() implements Outcome {}

    @Override
    public long weight() {
        return BYTES;
    }
}
