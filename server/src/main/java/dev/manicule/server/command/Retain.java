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
    private static final long BYTES = 400;

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits Retained, Unavailable {}

    /** The keyset keeps what it stores for that long now. */
    public record Retained() implements Outcome {}

    @Override
    public long weight() {
        return BYTES;
    }
}
