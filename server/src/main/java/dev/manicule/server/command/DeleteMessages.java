package dev.manicule.server.command;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;

/** Delete the messages of a range, and all actions on messages of that range. Subscribers get no event. */
public record DeleteMessages(Channel channel, Range range) implements Command<DeleteMessages.Outcome> {
    private static final long BYTES = 400;

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits Deleted, Unavailable {}

    /** No message of the range is left. */
    public record Deleted() implements Outcome {}

    @Override
    public long weight() {
        return BYTES;
    }
}
