package dev.manicule.bench.compare;

/**
 * Something that is measured.
 *
 * @param name within its scenario
 * @param unit as it is printed
 * @param isCost whether less is better
 */
public record Measure(String name, String unit, boolean isCost) {
    /** A measure of which less is better. */
    public static Measure cost(String name, String unit) {
        return new Measure(name, unit, true);
    }

    /** A measure of which more is better. */
    public static Measure gain(String name, String unit) {
        return new Measure(name, unit, false);
    }
}
