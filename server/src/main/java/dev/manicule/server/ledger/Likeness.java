package dev.manicule.server.ledger;

/** How what the log has led to on another node compares with what it has led to here. */
public enum Likeness {
    /** It is the same. */
    SAME,
    /** It is something else: one of the two has a fault. */
    OTHER,
    /** It can't be said: the other node was elsewhere for too long, or its tables have another format. */
    UNKNOWN
}
