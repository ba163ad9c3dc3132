package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import dev.manicule.server.telemetry.Metrics;
import java.util.List;
import java.util.function.Supplier;

/** Metrics for the operator, in the text format of Prometheus. */
public final class MetricsApi implements EndpointFamily {
    private final Metrics metrics;
    private final Supplier<List<AddressRange>> readers;

    /** The family over the metrics, and the addresses that may read them. */
    public MetricsApi(Metrics metrics, Supplier<List<AddressRange>> readers) {
        this.metrics = metrics;
        this.readers = readers;
    }

    @Override
    public String name() {
        return "metrics";
    }

    @Override
    public boolean isOfProtocol() {
        return false;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.of("GET", "/metrics", ErrorFormat.OWN, RequiredPermission.NOTHING, this::metrics)
                        .with(Trait.SAME_ORIGIN_ONLY));
    }

    private void metrics(ApiRequest request) {
        if (request.isFrom(readers.get())) {
            request.answerFromStorage(() -> Response.text(Metrics.TYPE, metrics.text()));
        } else {
            request.refuse(403, "Metrics are not for this address: `metricsFrom` in the configuration says for which.");
        }
    }
}
