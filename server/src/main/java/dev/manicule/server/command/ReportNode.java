package dev.manicule.server.command;

/**
 * A node of a cluster reports that it is alive, its address, and how far it is. Each node does so each second, so that
 * the others detect that it stopped, or that its tables differ from theirs.
 *
 * @param node which node
 * @param name the node's name, for people
 * @param address where other nodes reach it, such as {@code https://node-a:8080}; empty where they can't
 * @param incarnation which start of its process
 * @param rules the highest version of the rules that it knows
 * @param reached how far it was when it made the report
 */
public record ReportNode(long node, String name, String address, Incarnation incarnation, int rules, Reached reached)
        implements
            Command<ReportNode.Outcome> {
    static final int KIND = 13;

    /**
     * A start of a incarnation.
     *
     * @param id identifies it: a number that no other start has, not 0
     * @param isFirst whether this is its first report: then it replaces the incarnation before
     * @param before the incarnation that was the node when this one started, 0 for none: if the node has another
     *         incarnation by now, this report is too late to replace it
     */
    public record Incarnation(long id, boolean isFirst, long before) {}

    /**
     * How far a node is.
     *
     * @param applied it has applied all entries of the log below this offset
     * @param form the form of the digest: only digests of one form can be compared
     * @param digest the digest of the results of these entries
     */
    public record Reached(long applied, int form, long digest) {}

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits NodeReported, NodeReplaced, Unavailable {}

    /** All nodes know that it is alive. */
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
        return BYTES_BESIDE_TEXTS + name.length() + address.length();
    }

    static ReportNode readFrom(ByteReader in) throws DamagedFormException {
        return new ReportNode(in.number(), in.text(), in.text(), new Incarnation(in.number(), in.flag(), in.number()),
                in.integer(),
                new Reached(in.number(), in.integer(), in.number()));
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.number(node);
        out.text(name);
        out.text(address);
        out.number(incarnation.id);
        out.flag(incarnation.isFirst);
        out.number(incarnation.before);
        out.integer(rules);
        out.number(reached.applied);
        out.integer(reached.form);
        out.number(reached.digest);
    }
}
