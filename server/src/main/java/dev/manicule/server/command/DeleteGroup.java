package dev.manicule.server.command;

import dev.manicule.server.model.ChannelGroup;

/** Take all channels out of a group. */
public record DeleteGroup(ChannelGroup group) implements Command<DeleteGroup.Outcome> {
    private static final long BYTES = 400;

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits ChangeGroup.Changed, Unavailable {}

    @Override
    public long weight() {
        return BYTES;
    }
}
