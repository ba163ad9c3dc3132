package dev.manicule.server.telemetry;

import dev.manicule.server.telemetry.Metrics.Histogram;
import dev.manicule.server.telemetry.Metrics.HistogramFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry of requests: how long those of each family take, and, where enabled, a log line and a span of a trace for
 * each. Any thread may use it.
 */
public final class RequestTelemetry {
    /** Instead of the status of an answer, when the client has hung up before. Other servers use this number too. */
    public static final int GONE = 499;
    /** In seconds; polls wait for minutes. */
    private static final double[] BOUNDS = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
            10, 30, 60, 120, 300};
    private static final int CLASSES = 6;

    private final HistogramFamily times;
    private final Map<String, Family> families = new ConcurrentHashMap<>();
    private final BooleanSupplier logs;
    private final @Nullable Tracing tracing;

    /**
     * Telemetry without a request yet.
     *
     * @param logs whether each request is to be logged
     * @param tracing where spans go, null when nowhere
     */
    public RequestTelemetry(Metrics metrics, BooleanSupplier logs, @Nullable Tracing tracing) {
        times = metrics.histograms("manicule_http_request_duration_seconds",
                "From the arrival of a request to its response; polls wait for events.", BOUNDS,
                "family", "method", "status");
        this.logs = logs;
        this.tracing = tracing;
    }

    /** How long the requests of one family and method take. */
    public final class Family {
        private final String name;
        private final String method;
        /**
         * By the first digit of the status; made when there is something to count. The first is for clients that hang
         * up.
         */
        private final AtomicReferenceArray<@Nullable Histogram> byStatus = new AtomicReferenceArray<>(CLASSES);

        private Family(String name, String method) {
            this.name = name;
            this.method = method;
        }

        private void took(int status, long nanos) {
            int digit = status == GONE ? 0 : status / 100;
            Histogram histogram = byStatus.get(digit);
            if (histogram == null) {
                histogram = times.of(name, method, digit == 0 ? "gone" : digit + "xx");
                byStatus.set(digit, histogram);
            }
            histogram.addNanos(nanos);
        }
    }

    /** A family of requests, of a name that is part of the metrics, and a method, such as {@code GET}. */
    public Family family(String name, String method) {
        return families.computeIfAbsent(name + " " + method, _ -> new Family(name, method));
    }

    /** A request of a family has come in; {@code arrival} is called only where logs or traces need it. */
    public Observation begins(Family family, Supplier<RequestInfo> arrival) {
        boolean isLogged = logs.getAsBoolean();
        if (!isLogged && tracing == null) {
            return new Observation(family, List.of());
        }
        RequestInfo known = arrival.get();
        List<RequestObserver> endings = new ArrayList<>(2);
        if (isLogged) {
            endings.add(RequestLog.begins(known));
        }
        if (tracing != null) {
            endings.add(tracing.begins(known));
        }
        return new Observation(family, endings);
    }

    /** One request, from when it came in. */
    public static final class Observation {
        private final Family family;
        private final List<RequestObserver> endings;
        private final long began = System.nanoTime();
        private boolean over;

        private Observation(Family family, List<RequestObserver> endings) {
            this.family = family;
            this.endings = endings;
        }

        /**
         * It is over. Calls after the first one do not count.
         *
         * @param status the status of its answer, or {@link #GONE}
         */
        public void ended(int status) {
            if (over) {
                return;
            }
            over = true;
            long nanos = System.nanoTime() - began;
            family.took(status, nanos);
            for (RequestObserver ending : endings) {
                ending.ended(status, nanos);
            }
        }
    }
}
