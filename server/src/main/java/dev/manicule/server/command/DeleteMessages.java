package dev.manicule.server.command;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;

/** Delete the messages of a range, and all actions on messages of that range. Subscribers get no event. */
public record DeleteMessages(Channel channel, Range range) implements Command<DeleteMessages.Outcome> {
    static final int KIND = 4;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits Deleted, Unavailable {}

    /** No message of the range is left. */
    public record Deleted() implements Outcome {
        static final int KIND = 0x40;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS;
    }

    static DeleteMessages readFrom(ByteReader in) throws DamagedFormException {
        return new DeleteMessages(in.channel(), in.range());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.range(range);
    }
}
