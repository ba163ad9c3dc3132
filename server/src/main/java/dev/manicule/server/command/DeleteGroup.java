package dev.manicule.server.command;

import dev.manicule.server.model.ChannelGroup;

/** Take all channels out of a group. */
public record DeleteGroup(ChannelGroup group) implements Command<DeleteGroup.Outcome> {
    static final int KIND = 8;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits ChangeGroup.Changed, Unavailable {}

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS;
    }

    static DeleteGroup readFrom(ByteReader in) throws DamagedFormException {
        return new DeleteGroup(in.group());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.group(group);
    }
}
