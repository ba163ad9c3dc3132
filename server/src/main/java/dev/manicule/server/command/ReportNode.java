package dev.manicule.server.command;

/**
 * A node of a cluster says that it lives. Each node does, each second, so that the others notice when it does not.
 *
 * @param node which node
 * @param name the node's name, for people
 * @param incarnation stands for this start of its process: a number that no other has, not 0
 * @param isFirst whether this is the first report of the incarnation: then it takes the place of the one before
 * @param rules the highest version of the rules that it knows
 */
public record ReportNode(long node, String name, long incarnation, boolean isFirst, int rules)
        implements
            Command<ReportNode.Outcome> {
    static final int KIND = 13;

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits NodeReported, NodeReplaced, Unavailable {}

    /** All nodes know that it lives. */
    public record NodeReported() implements Outcome {
        static final int KIND = 0xC0;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** Another process, which began to report later, is this node now. */
    public record NodeReplaced() implements Outcome {
        static final int KIND = 0xC1;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + name.length();
    }

    static ReportNode readFrom(ByteReader in) throws DamagedFormException {
        return new ReportNode(in.number(), in.text(), in.number(), in.flag(), in.integer());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.number(node);
        out.text(name);
        out.number(incarnation);
        out.flag(isFirst);
        out.integer(rules);
    }
}
