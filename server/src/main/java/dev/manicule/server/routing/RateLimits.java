package dev.manicule.server.routing;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Request;
import dev.manicule.server.http.Response;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.RateLimiter;
import dev.manicule.server.routing.Route.Trait;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps a client from crowding out others: limits the requests in flight, and the requests a second. */
public final class RateLimits {
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    /** A poll is not kept waiting for longer, so that its client does not take the server for dead. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Limits limits;
    private final Predicate<InetAddress> isTrusted;
    private final RateLimiter<AddressRange> byAddress;
    private final RateLimiter<String> byKeyset;

    /**
     * Rate limits without a request yet.
     *
     * @param isTrusted whether an address is a proxy's, that is, of no particular client
     * @param nanoTime a clock that does not step
     */
    public RateLimits(Limits limits, Predicate<InetAddress> isTrusted, LongSupplier nanoTime) {
        this.limits = limits;
        this.isTrusted = isTrusted;
        byAddress = new RateLimiter<>(nanoTime);
        byKeyset = new RateLimiter<>(nanoTime);
    }

    /** A limit that is reached, and how long the request or its client has to wait. */
    private record Throttled(Limit limit, Duration delay) {
        /** The response to a request that can't wait. */
        Response response(ErrorFormat errors, long now) {
            return limit == Limit.REQUESTS_IN_FLIGHT
                    ? errors.unavailable("Too many requests are being worked on.", now)
                    : errors.response(429, "Too many requests.", now)
                            .with("Retry-After",
                                    String.valueOf(TimeUnit.NANOSECONDS.toSeconds(delay.toNanos() - 1) + 1));
        }
    }

    /** The step that counts a request of its sender. */
    void limitAddress(ApiRequest request) {
        limit(request.match().has(Trait.UNLIMITED) ? null : ofAddress(request.request(), request.exchange()), request);
    }

    /** The step that counts an authorized request of its keyset. */
    void limitKeyset(ApiRequest request) {
        limit(request.match().has(Trait.UNLIMITED) ? null : ofKeyset(request.keyset()), request);
    }

    private static void limit(@Nullable Throttled throttled, ApiRequest request) {
        if (throttled == null) {
            request.proceed();
        } else {
            request.waitOrRefuse(throttled.delay, request::proceed,
                    () -> throttled.response(request.errors(), request.now()));
        }
    }

    /** The limit of its sender that one more request exceeds; null when it exceeds none, as mostly. */
    private @Nullable Throttled ofAddress(Request request, Exchange exchange) {
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
     * The limit of a keyset that one more authorized request exceeds; null when it exceeds none. Requests without
     * authorization don't count, or strangers could lock out all users of the keyset.
     */
    private @Nullable Throttled ofKeyset(Keyset keyset) {
        long perSecond = keyset.policy().requestsPerSecond() > 0
                ? keyset.policy().requestsPerSecond()
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
