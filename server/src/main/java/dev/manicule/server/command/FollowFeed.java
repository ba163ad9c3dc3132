package dev.manicule.server.command;

/**
 * Read the feed of all channels on behalf of all nodes, and note how far it has been read. One node at a time is the
 * reader of a name; another one takes over when nothing was heard of it for the time of a lease.
 *
 * @param reader the name of the reader, not empty
 * @param node the number of the node; {@link ChangePresence#ONLY_NODE} where there is one only
 * @param upTo all events up to this timetoken are done; 0 when the node has done none
 * @param lease for how long the node stays the reader without another such command, in steps of timetokens
 */
public record FollowFeed(String reader, long node, long upTo, long lease) implements Command<FollowFeed.Outcome> {
    static final int KIND = 29;
    private static final int RULES = 2;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits FeedFollowed, FollowedByOther, Unavailable {}

    /**
     * The node is the reader.
     *
     * @param upTo the timetoken from which on it reads: that of the command when the name is new
     */
    public record FeedFollowed(long upTo) implements Outcome {
        static final int KIND = 0xA5;

        static FeedFollowed readFrom(ByteReader in) throws DamagedFormException {
            return new FeedFollowed(in.number());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(upTo);
        }
    }

    /** Another node is the reader; nothing was changed. */
    public record FollowedByOther() implements Outcome {
        static final int KIND = 0xA6;

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
        return BYTES_BESIDE_TEXTS + reader.length();
    }

    static FollowFeed readFrom(ByteReader in) throws DamagedFormException {
        return new FollowFeed(in.text(), in.number(), in.number(), in.number());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.text(reader);
        out.number(node);
        out.number(upTo);
        out.number(lease);
    }
}
