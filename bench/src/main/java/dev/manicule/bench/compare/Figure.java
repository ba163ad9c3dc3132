package dev.manicule.bench.compare;

/**
 * Something that is measured.
 *
 * @param name within its work
 * @param unit as it is printed
 * @param isCost whether less is better
 */
public record Figure(String name, String unit, boolean isCost) {
    /** One of which less is better. */
    public static Figure cost(String name, String unit) {
        return new Figure(name, unit, true);
    }

    /** One of which more is better. */
    public static Figure gain(String name, String unit) {
        return new Figure(name, unit, false);
    }
}
