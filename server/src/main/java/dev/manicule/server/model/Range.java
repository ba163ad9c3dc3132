package dev.manicule.server.model;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of timetokens, both ends included, and from which end a page of it is taken.
 *
 * @param from the lowest timetoken in it
 * @param to the highest timetoken in it; lower than {@code from} when the range is empty
 * @param newest whether a page that does not hold all takes the newest, otherwise the oldest
 */
public record Range(long from, long to, boolean newest) {
    /** Everything, newest first. */
    public static final Range ALL = new Range(0, Long.MAX_VALUE, true);

    /**
     * The range that the protocol's {@code start} and {@code end} mean in history and deletion. {@code start} is always
     * excluded and {@code end} always included; their order, and not their names, says which is the lower one.
     *
     * @param start null when not given
     * @param end null when not given
     * @param reverse take the oldest; ignored when both bounds are given, whose order then decides
     */
    public static Range ofHistory(@Nullable Long start, @Nullable Long end, boolean reverse) {
        if (start == null) {
            return new Range(end == null ? 0 : end, Long.MAX_VALUE, !reverse);
        }
        if (end == null) {
            return reverse ? above(start, Long.MAX_VALUE) : new Range(0, start - 1, true);
        }
        return start < end ? above(start, end) : new Range(end, start - 1, true);
    }

    /** The part of it that is not before a timetoken. */
    public Range notBefore(long timetoken) {
        return timetoken <= from ? this : new Range(timetoken, to, newest);
    }

    /** Whether no timetoken is in it. */
    public boolean isEmpty() {
        return from > to;
    }

    private static Range above(long start, long to) {
        return start == Long.MAX_VALUE ? new Range(1, 0, false) : new Range(start + 1, to, false);
    }
}
