package dev.manicule.bench.compare;

/** What we mean to reach. */
public sealed interface Goal {
    /** What it is about. */
    Measure figure();

    /**
     * So many times what a peer has: at most of a cost, at least of a yield.
     *
     * @param peer its name
     */
    record Beside(Measure figure, String peer, double ratio) implements Goal {}

    /** So much, whatever others have: at most of a cost, at least of a yield. */
    record Alone(Measure figure, double value) implements Goal {}

    /** So many times another figure of our own. */
    record Within(Measure figure, Measure other, double ratio) implements Goal {}
}
