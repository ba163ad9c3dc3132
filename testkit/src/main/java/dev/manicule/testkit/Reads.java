package dev.manicule.testkit;

/** The data that a read from a node of a cluster sees. */
public enum Reads {
    /** All that any node had answered before the read came. */
    LINEARIZABLE,
    /** The data that the node has applied, which may be behind. */
    LOCAL
}
