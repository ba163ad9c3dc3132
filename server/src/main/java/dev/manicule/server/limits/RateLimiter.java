package dev.manicule.server.limits;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Limits the events of each key to so many a second, and a second's worth of them at once. For each key it keeps one
 * number: when all events admitted so far would have come if they had come evenly (the generic cell rate algorithm).
 * Any thread may use it.
 *
 * @param <K> the type of the keys
 */
public final class RateLimiter<K> {
    private static final long SECOND = 1_000_000_000L;
    private static final int MANY = 10_000;

    private final Map<K, Long> due = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    /** With so many keys, those without an event for a while are dropped: seldom, as it takes a scan of all. */
    private volatile int forgetAt = MANY;

    /** A limiter by a clock that does not step, in nanoseconds. */
    public RateLimiter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many keys are kept. */
    int known() {
        return due.size();
    }

    /**
     * Admits or rejects an event of a key.
     *
     * @param perSecond how many events a key may have in a second, at least one
     * @return 0 when it is admitted; otherwise after how many nanoseconds it would be
     */
    public long come(K who, long perSecond) {
        long now = nanoTime.getAsLong();
        if (due.size() >= forgetAt) {
            due.values().removeIf(each -> each - now < 0);
            forgetAt = Math.max(MANY, 2 * due.size());
        }
        long interval = SECOND / perSecond;
        long[] wait = new long[1];
        due.compute(who, (absent, known) -> {
            long from = known == null || known - now < 0 ? now : known;
            long early = from - now - (SECOND - interval);
            wait[0] = Math.max(0, early);
            return early > 0 ? known : (Long) (from + interval);
        });
        return wait[0];
    }
}
