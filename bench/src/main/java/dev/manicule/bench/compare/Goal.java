package dev.manicule.bench.compare;

/** A goal of a scenario. */
public sealed interface Goal {
    /** The measure that it is about. */
    Measure measure();

    /**
     * A multiple of a peer's value: at most for a cost, at least for a yield.
     *
     * @param peer its name
     */
    record Beside(Measure measure, String peer, double ratio) implements Goal {}

    /** A fixed value, whatever others have: at most for a cost, at least for a yield. */
    record Alone(Measure measure, double value) implements Goal {}

    /** A multiple of another measure of Manicule. */
    record Within(Measure measure, Measure other, double ratio) implements Goal {}
}
