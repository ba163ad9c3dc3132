package dev.manicule.server.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND / 2); // the clock may overflow
    private final RateLimiter<String> limiter = new RateLimiter<>(now::get);

    private int comeNow(String who, int times, int perSecond) {
        int in = 0;
        for (int i = 0; i < times; i++) {
            in += limiter.come(who, perSecond) == 0 ? 1 : 0;
        }
        return in;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void burstHoldsOneSecondOfTheRate(int perSecond) {
        assertThat(comeNow("a", 3 * perSecond, perSecond)).isEqualTo(perSecond);
        now.addAndGet(SECOND / perSecond);
        assertThat(comeNow("a", 3, perSecond)).isEqualTo(1);
        now.addAndGet(SECOND);
        assertThat(comeNow("a", 3 * perSecond, perSecond)).isEqualTo(perSecond);
        now.addAndGet(100 * SECOND);
        assertThat(comeNow("a", 3 * perSecond, perSecond)).as("no more is saved up").isEqualTo(perSecond);
    }

    @Test
    void rejectedClientLearnsRetryAfter() {
        assertThat(comeNow("a", 10, 10)).isEqualTo(10);
        long wait = limiter.come("a", 10);
        assertThat(wait).isEqualTo(SECOND / 10);
        assertThat(limiter.come("b", 10)).isZero();
        now.addAndGet(wait - 1);
        assertThat(limiter.come("a", 10)).isEqualTo(1);
        now.addAndGet(1);
        assertThat(limiter.come("a", 10)).isZero();
    }

    @Test
    void unusedAddressesAreRemoved() {
        for (int i = 0; i < 1_000_000; i++) {
            limiter.come("address " + i, 10);
            now.addAndGet(SECOND / 1_000);
        }
        assertThat(limiter.known()).isLessThan(30_000);
    }
}
