package dev.manicule.server.telemetry;

import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;

/** Metrics, read when a client requests them. Any thread may use it. */
public final class Metrics {
    /** The media type of {@link #text()}. */
    public static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final AtomicBoolean hasThoseOfJava = new AtomicBoolean();

    /** With the limits: their values, how often each was reached, and how much clients hold. */
    public Metrics(Limits limits, Budget budget) {
        GaugeWithCallback.builder()
                .name("manicule_limit_usage")
                .help("Usage of each limited resource: bytes of memory, presence and groups, numbers of others.")
                .labelNames("resource")
                .callback(figures -> {
                    for (Resource resource : Resource.values()) {
                        figures.call((double) budget.used(resource), resource.label());
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("manicule_limit")
                .help("Value of a limit.")
                .labelNames("limit")
                .callback(figures -> {
                    for (Limit limit : Limit.values()) {
                        figures.call((double) limits.of(limit), limit.setting());
                    }
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("manicule_limit_rejections_total")
                .help("Requests and connections rejected by a limit.")
                .labelNames("limit")
                .callback(figures -> {
                    for (Limit limit : Limit.values()) {
                        figures.call((double) limits.timesReached(limit), limit.setting());
                    }
                })
                .register(registry);
    }

    /** Adds a metric that goes up and down. */
    public void gauge(String name, String help, DoubleSupplier figure) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(figures -> figures.call(figure.getAsDouble()))
                .register(registry);
    }

    /** Adds a metric that only goes up. */
    public void counter(String name, String help, DoubleSupplier figure) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(figures -> figures.call(figure.getAsDouble()))
                .register(registry);
    }

    /** Adds a metric that only goes up and has a value for each of these values of a label. */
    public void counter(String name, String help, String label, Map<String, DoubleSupplier> values) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(figures -> values.forEach((value, figure) -> figures.call(figure.getAsDouble(), value)))
                .register(registry);
    }

    /** Adds a metric whose labels are its content; its name gets {@code _info} at its end. */
    public void info(String name, String help, SortedMap<String, String> labels) {
        Info.builder()
                .name(name)
                .help(help)
                .labelNames(labels.keySet().toArray(String[]::new))
                .register(registry)
                .setLabelValues(labels.values().toArray(String[]::new));
    }

    /** The distribution of the sizes of an event. */
    @FunctionalInterface
    public interface Histogram {
        /** Adds an event of a size. */
        void add(double size);

        /** Adds an event that took so long. */
        default void addNanos(long nanos) {
            add(nanos / NANOS);
        }
    }

    /**
     * Adds a histogram of an event.
     *
     * @param bounds the upper bounds of its buckets, ascending
     */
    public Histogram histogram(String name, String help, double... bounds) {
        DistributionDataPoint all = io.prometheus.metrics.core.metrics.Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
        return all::observe;
    }

    /** The same for several kinds, distinguished by labels. */
    interface HistogramFamily {
        /** Of these values of the labels. */
        Histogram of(String... values);
    }

    /** Adds a histogram for an event of several kinds. */
    HistogramFamily histograms(String name, String help, double[] bounds, String... labels) {
        io.prometheus.metrics.core.metrics.Histogram all = io.prometheus.metrics.core.metrics.Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .labelNames(labels)
                .register(registry);
        return values -> all.labelValues(values)::observe;
    }

    /** All metrics in the text format of Prometheus, those of the Java virtual machine among them. */
    public String text() {
        if (!hasThoseOfJava.getAndSet(true)) { // not before the first request for them: it takes a while
            addThoseOfJava();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private void addThoseOfJava() {
        JvmMemoryMetrics.builder().register(registry);
        JvmBufferPoolMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        ProcessMetrics.builder().register(registry);
    }
}
