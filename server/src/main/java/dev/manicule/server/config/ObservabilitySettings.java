package dev.manicule.server.config;

import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.telemetry.Tracing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server shows to its operator.
 *
 * @param metricsFrom the addresses that may read the metrics; null for the default of
 *        {@link ManiculeConfig#metricsReaders}
 * @param log the settings of the log
 * @param tracing where traces are sent, null for no traces
 */
public record ObservabilitySettings(@Nullable List<AddressRange> metricsFrom, LogSettings log,
        Tracing.@Nullable Settings tracing) {
    /** The log as text, no traces. */
    public static final ObservabilitySettings DEFAULT = new ObservabilitySettings(null, LogSettings.DEFAULT, null);

    /** Copies the list. */
    public ObservabilitySettings {
        metricsFrom = metricsFrom == null ? null : List.copyOf(metricsFrom);
    }

    /** The same with metrics for these readers and no others; null for the default. */
    public ObservabilitySettings withMetricsFrom(@Nullable List<AddressRange> newMetricsFrom) {
        return new ObservabilitySettings(newMetricsFrom, log, tracing);
    }

    /** The same with another log. */
    public ObservabilitySettings withLog(LogSettings newLog) {
        return new ObservabilitySettings(metricsFrom, newLog, tracing);
    }

    /** The same with traces sent there, or with none. */
    public ObservabilitySettings withTracing(Tracing.@Nullable Settings newTracing) {
        return new ObservabilitySettings(metricsFrom, log, newTracing);
    }
}
