package dev.manicule.server.command;

/**
 * Ends some of the leases of a node that is not seen any more: users without a lease of another node are gone. It is
 * repeated until there are none; a duplicate does no harm.
 *
 * @param node which node
 * @param seenBefore nothing is done when the node was seen after this timetoken
 * @param most how many leases to end at most, 1 to {@value #MOST}
 */
public record RemoveNode(long node, long seenBefore, int most) implements Command<RemoveNode.Outcome> {
    /** As many as the changes of one report of presence. */
    public static final int MOST = 500;
    static final int KIND = 14;

    /** Checks the number. */
    public RemoveNode {
        if (most < 1 || most > MOST) {
            throw new IllegalArgumentException("1 to " + MOST + " leases are ended at once");
        }
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits NodeRemoved, NodeSeen, Unavailable {}

    /**
     * Leases have ended.
     *
     * @param ended how many
     * @param hasMore whether there may be more; if not, nothing is known of the node any more
     */
    public record NodeRemoved(int ended, boolean hasMore) implements Outcome {
        static final int KIND = 0xD0;

        static NodeRemoved readFrom(ByteReader in) throws DamagedFormException {
            return new NodeRemoved(in.integer(), in.flag());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.integer(ended);
            out.flag(hasMore);
        }
    }

    /** The node was seen since then; nothing was done. */
    public record NodeSeen() implements Outcome {
        static final int KIND = 0xD1;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** One timetoken for each possible announcement. */
    @Override
    public int timetokens() {
        return most;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS;
    }

    static RemoveNode readFrom(ByteReader in) throws DamagedFormException {
        long node = in.number();
        long seenBefore = in.number();
        int most = in.integer();
        if (most < 1 || most > MOST) {
            throw in.damaged("no node is removed by " + most + " leases at a time");
        }
        return new RemoveNode(node, seenBefore, most);
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.number(node);
        out.number(seenBefore);
        out.integer(most);
    }
}
