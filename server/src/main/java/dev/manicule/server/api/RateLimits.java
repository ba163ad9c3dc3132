package dev.manicule.server.api;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Request;
import dev.manicule.server.http.Response;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.RateLimiter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps anybody from crowding out others: how much may go on at once, and how many requests may come a second. */
public final class RateLimits {
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    /** A poll is not kept waiting for longer, so that its client does not take the server for dead. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Limits limits;
    private final Predicate<InetAddress> isTrusted;
    private final RateLimiter<AddressRange> byAddress;
    private final RateLimiter<String> byKeyset;

    /**
     * Nobody is here yet.
     *
     * @param isTrusted whether an address is a proxy's, that is, of nobody in particular
     * @param nanoTime a clock that does not step
     */
    public RateLimits(Limits limits, Predicate<InetAddress> isTrusted, LongSupplier nanoTime) {
        this.limits = limits;
        this.isTrusted = isTrusted;
        byAddress = new RateLimiter<>(nanoTime);
        byKeyset = new RateLimiter<>(nanoTime);
    }

    /** That there is too much of something, and how long to wait or to stay away. */
    record Throttled(Limit limit, Duration delay) {
        /** What to answer to a request that can't wait. */
        Response answer(ErrorFormat errors, long now) {
            return limit == Limit.REQUESTS_IN_FLIGHT
                    ? errors.unavailable("Too many requests are being worked on.", now)
                    : errors.response(429, "Too many requests.", now)
                            .with("Retry-After",
                                    String.valueOf(TimeUnit.NANOSECONDS.toSeconds(delay.toNanos() - 1) + 1));
        }
    }

    /** Whether one more request of whoever sends it is too much; null when it is not, as mostly. */
    @Nullable
    Throttled ofAddress(Request request, Exchange exchange) {
        if (exchange.requestsInFlight() > limits.of(Limit.REQUESTS_IN_FLIGHT)) {
            limits.reached(Limit.REQUESTS_IN_FLIGHT);
            return new Throttled(Limit.REQUESTS_IN_FLIGHT, A_SECOND);
        }
        long perSecond = limits.of(Limit.REQUESTS_PER_SECOND_BY_ADDRESS);
        if (perSecond == 0 || isTrusted.test(request.client())) {
            return null;
        }
        return reached(Limit.REQUESTS_PER_SECOND_BY_ADDRESS,
                byAddress.come(AddressRange.one(request.client()), perSecond));
    }

    /**
     * Whether one more request of those who may is too much for a keyset; null when it is not. Those who may not don't
     * count, or strangers could keep everybody out.
     */
    @Nullable
    Throttled ofKeyset(Keyset keyset) {
        long perSecond = keyset.requestsPerSecond() > 0
                ? keyset.requestsPerSecond()
                : limits.of(Limit.REQUESTS_PER_SECOND_BY_KEYSET);
        if (perSecond == 0 || keyset.equals(Keyset.NONE)) {
            return null;
        }
        return reached(Limit.REQUESTS_PER_SECOND_BY_KEYSET, byKeyset.come(keyset.subscribeKey(), perSecond));
    }

    private @Nullable Throttled reached(Limit limit, long nanos) {
        if (nanos == 0) {
            return null;
        }
        limits.reached(limit);
        Duration wait = Duration.ofNanos(nanos);
        return new Throttled(limit, wait.compareTo(LONGEST) < 0 ? wait : LONGEST);
    }
}
