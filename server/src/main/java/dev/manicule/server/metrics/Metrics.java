package dev.manicule.server.metrics;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.DoubleSupplier;

/** Figures, read when somebody asks for them. Any thread may use it. */
public final class Metrics {
    /** The media type of {@link #text()}. */
    public static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

    /** With the limits: what they are, and how often each was reached. */
    public Metrics(Limits limits) {
        GaugeWithCallback.builder()
                .name("manicule_limit")
                .help("What a limit is set to.")
                .labelNames("limit")
                .callback(figures -> {
                    for (Limit limit : Limit.values()) {
                        figures.call((double) limits.of(limit), limit.setting());
                    }
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("manicule_limit_reached_total")
                .help("How often it was too much.")
                .labelNames("limit")
                .callback(figures -> {
                    for (Limit limit : Limit.values()) {
                        figures.call((double) limits.timesReached(limit), limit.setting());
                    }
                })
                .register(registry);
    }

    /** One more figure, which goes up and down. */
    public void gauge(String name, String help, DoubleSupplier figure) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(figures -> figures.call(figure.getAsDouble()))
                .register(registry);
    }

    /** One more figure, which only goes up. */
    public void counter(String name, String help, DoubleSupplier figure) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(figures -> figures.call(figure.getAsDouble()))
                .register(registry);
    }

    /** All figures in the text form of Prometheus. */
    public String text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
