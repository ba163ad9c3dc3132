package dev.manicule.server.limits;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** The limits as they are set, and how often each was reached. Any thread may use it. */
public final class Limits {
    private final Map<Limit, LongAdder> reached = new EnumMap<>(Limit.class);
    /** All of them. Never changed, only replaced. */
    private volatile EnumMap<Limit, Long> values;

    /** With these values, and the defaults for others. */
    public Limits(Map<Limit, Long> values) {
        this.values = all(values);
        for (Limit limit : Limit.values()) {
            reached.put(limit, new LongAdder());
        }
    }

    /** With all defaults. */
    public Limits() {
        this(Map.of());
    }

    /** Sets these values from now on, and the defaults for others. */
    public void replace(Map<Limit, Long> newValues) {
        values = all(newValues);
    }

    private static EnumMap<Limit, Long> all(Map<Limit, Long> set) {
        EnumMap<Limit, Long> all = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            all.put(limit, set.getOrDefault(limit, limit.standard()));
        }
        return all;
    }

    /** How much is allowed. */
    public long of(Limit limit) {
        return Objects.requireNonNull(values.get(limit), "all of them are set");
    }

    /** The same as an {@code int}; larger values are cut. */
    public int count(Limit limit) {
        return (int) Math.min(of(limit), Integer.MAX_VALUE);
    }

    /** Whether a number is more than a limit allows; then the limit was reached, and that counts. */
    public boolean isOver(Limit limit, long number) {
        boolean isOver = number > of(limit);
        if (isOver) {
            reached(limit);
        }
        return isOver;
    }

    /** Counts that a limit was reached. */
    public void reached(Limit limit) {
        counter(limit).increment();
    }

    /** How often a limit was reached. */
    public long timesReached(Limit limit) {
        return counter(limit).sum();
    }

    private LongAdder counter(Limit limit) {
        return Objects.requireNonNull(reached.get(limit), "every limit has a counter");
    }
}
