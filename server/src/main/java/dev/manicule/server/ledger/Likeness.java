package dev.manicule.server.ledger;

/** How the result of the log on another node compares with the result on this node. */
public enum Likeness {
    /** It is the same. */
    SAME,
    /** It is something else: one of the two has a fault. */
    OTHER,
    /** Unknown: the other node was at another offset for too long, or its tables have another format. */
    UNKNOWN
}
