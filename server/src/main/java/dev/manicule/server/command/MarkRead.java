package dev.manicule.server.command;

import dev.manicule.server.model.Channel;

/**
 * Note that a user has read a channel up to a timetoken. A mark never goes back.
 *
 * @param uuid the user, not empty
 * @param upTo the last timetoken that the user has read; one later than that of the command counts as that one
 * @param most how many marks the channel may have, at least 1
 */
public record MarkRead(Channel channel, String uuid, long upTo, int most) implements Command<MarkRead.Outcome> {
    static final int KIND = 16;
    private static final int RULES = 2;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits Marked, TooManyMarks, Unavailable {}

    /**
     * The mark stands at a timetoken: that of the command, or a later one where it stood before.
     *
     * @param upTo the last timetoken that the user has read
     */
    public record Marked(long upTo) implements Outcome {
        static final int KIND = 0x80;

        static Marked readFrom(ByteReader in) throws DamagedFormException {
            return new Marked(in.number());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(upTo);
        }
    }

    /** The channel has marks of so many users already, and none of this one. */
    public record TooManyMarks() implements Outcome {
        static final int KIND = 0x81;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public int leastRules() {
        return RULES;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + uuid.length();
    }

    static MarkRead readFrom(ByteReader in) throws DamagedFormException {
        return new MarkRead(in.channel(), in.text(), in.number(), in.integer());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.text(uuid);
        out.number(upTo);
        out.integer(most);
    }
}
