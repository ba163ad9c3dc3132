package dev.manicule.server.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Traces by OpenTelemetry: a span for each request, a part of the trace that its client names, sent by OTLP over HTTP.
 * It never keeps a request waiting: spans that can't be sent are dropped. Any thread may use it.
 */
public final class Tracing implements AutoCloseable {
    private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
    private static final AttributeKey<String> SERVICE_VERSION = AttributeKey.stringKey("service.version");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("manicule.request_id");
    private static final long GRACE_SECONDS = 2;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /**
     * The settings of traces.
     *
     * @param endpoint such as {@code http://127.0.0.1:4318/v1/traces}
     * @param share of the requests without a trace of their client, 0 to 1; for the others, the client decides
     */
    public record Settings(URI endpoint, double share) {}

    /** An endpoint that spans can be sent to, null when the text is none. */
    public static @Nullable URI endpoint(String text) {
        try {
            URI uri = new URI(text);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return isHttp && uri.getHost() != null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Begins to send spans. */
    public Tracing(Settings settings, String version) {
        provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(
                                Attributes.of(SERVICE_NAME, "manicule", SERVICE_VERSION, version))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.share())))
                .addSpanProcessor(BatchSpanProcessor
                        .builder(OtlpHttpSpanExporter.builder().setEndpoint(settings.endpoint().toString()).build())
                        .build())
                .build();
        tracer = provider.get("dev.manicule.server", version);
    }

    RequestObserver begins(RequestInfo arrival) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), arrival, Traceparent.FIELD);
        String name = arrival.route().isEmpty() ? arrival.method() : arrival.method() + " " + arrival.route();
        Span span = tracer.spanBuilder(name)
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, arrival.method())
                .setAttribute(ROUTE, arrival.route())
                .setAttribute(PATH, arrival.path())
                .setAttribute(CLIENT, arrival.client())
                .setAttribute(REQUEST_ID, arrival.id())
                .startSpan();
        return (status, _) -> {
            span.setAttribute(STATUS, (long) status);
            if (status >= 500) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        };
    }

    /** The one header field that is read. */
    private enum Traceparent implements TextMapGetter<RequestInfo> {
        FIELD;

        private static final String NAME = "traceparent";

        @Override
        public Iterable<String> keys(RequestInfo arrival) {
            return List.of(NAME);
        }

        @Override
        public @Nullable String get(@Nullable RequestInfo arrival, String name) {
            return arrival != null && name.equals(NAME) ? arrival.traceparent() : null;
        }
    }

    /** Sends the remaining spans, for a moment at most, and ends. */
    @Override
    public void close() {
        var _ = provider.shutdown().join(GRACE_SECONDS, TimeUnit.SECONDS);
    }
}
