package dev.manicule.server;

import dev.manicule.server.telemetry.Metrics;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** How often the configuration was read again, and with which results. Any thread may use it. */
final class Reloads {
    private final AtomicLong successes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean isLastGood = true;
    /** In seconds since 1970; the start counts, as the first reading. */
    private volatile long lastSuccess = Instant.now().getEpochSecond();

    /** The configuration was read and is in effect. */
    void succeeded() {
        lastSuccess = Instant.now().getEpochSecond();
        isLastGood = true;
        successes.incrementAndGet();
    }

    /** The configuration was rejected. */
    void failed() {
        isLastGood = false;
        failures.incrementAndGet();
    }

    /** Adds the metrics of reloads, and of the build. */
    void addTo(Metrics metrics) {
        metrics.info("manicule_build", "The version of the server, and of its Java runtime.",
                new TreeMap<>(Map.of("version", Manicule.version(), "java", Runtime.version().toString())));
        metrics.counter("manicule_config_reloads_total", "Reloads of the configuration.", "result",
                Map.of("success", successes::get, "failure", failures::get));
        metrics.gauge("manicule_config_last_reload_successful",
                "1 when the last reload of the configuration succeeded, else 0.", () -> isLastGood ? 1 : 0);
        metrics.gauge("manicule_config_last_reload_success_timestamp_seconds",
                "Unix time of the last successful reload of the configuration.", () -> lastSuccess);
    }
}
