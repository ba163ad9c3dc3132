package dev.manicule.server.limits;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Lets each of many come so often a second, and a second's worth of it at once. For each it keeps one number: when all
 * that was let in so far would have come in if it had come evenly (the generic cell rate algorithm). Any thread may ask.
 *
 * @param <K> who comes
 */
public final class RateLimiter<K> {
    private static final long SECOND = 1_000_000_000L;
    private static final int MANY = 10_000;

    private final Map<K, Long> due = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    /** With so many, those that have not come for a while are forgotten: seldom, as it means looking at all. */
    private volatile int forgetAt = MANY;

    /** A limiter by a clock that does not step, in nanoseconds. */
    public RateLimiter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many are kept in mind. */
    int known() {
        return due.size();
    }

    /**
     * Somebody comes.
     *
     * @param perSecond how often somebody may, at least once
     * @return 0 when it is let in; otherwise after how many nanoseconds it would be
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
