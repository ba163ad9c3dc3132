package dev.manicule.server.command;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;

/**
 * Remove what happened on a channel in a range: messages, actions, and events, each by its own timetoken. Subscribers get no
 * event, and copies of events may live on until they are dropped. It has the outcomes of a deletion.
 */
public record Expire(Channel channel, Range range) implements Command<DeleteMessages.Outcome> {
    static final int KIND = 5;
    private static final long BYTES = 400;

    @Override
    public long weight() {
        return BYTES;
    }

    static Expire readFrom(ByteReader in) throws DamagedFormException {
        return new Expire(in.channel(), in.range());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.range(range);
    }
}
