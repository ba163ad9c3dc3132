package dev.manicule.server.limits;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The limits as they are set, and how often each was reached. Any thread may use it. */
public final class Limits {
    private final Map<Limit, LongAdder> reached = new EnumMap<>(Limit.class);
    private volatile Map<Limit, Long> values;

    /** With these values, and the usual ones for others. */
    public Limits(Map<Limit, Long> values) {
        this.values = Map.copyOf(values);
        for (Limit limit : Limit.values()) {
            reached.put(limit, new LongAdder());
        }
    }

    /** All as usual. */
    public Limits() {
        this(Map.of());
    }

    /** Sets these values from now on, and the usual ones for others. */
    public void replace(Map<Limit, Long> newValues) {
        values = Map.copyOf(newValues);
    }

    /** How much is allowed. */
    public long of(Limit limit) {
        return values.getOrDefault(limit, limit.standard());
    }

    /** The same for what is surely an {@code int}; larger ones are cut. */
    public int count(Limit limit) {
        return (int) Math.min(of(limit), Integer.MAX_VALUE);
    }

    /** Counts that it was too much. */
    public void reached(Limit limit) {
        counter(limit).increment();
    }

    /** How often it was too much. */
    public long timesReached(Limit limit) {
        return counter(limit).sum();
    }

    private LongAdder counter(Limit limit) {
        LongAdder counter = reached.get(limit);
        if (counter == null) {
            throw new IllegalStateException("every limit has a counter");
        }
        return counter;
    }
}
