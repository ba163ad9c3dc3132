package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Health checks for the supervisor of the process: whether it lives, or should be restarted, and whether it is ready,
 * or requests should go elsewhere for now; and its view of the cluster, for clients that may read metrics.
 */
public final class HealthApi implements EndpointFamily {
    private static final ErrorFormat ERRORS = (status, message, now) -> Response.json(status,
            new JsonWriter().object().member("status", "error").member("reason", message).end().toBytes());
    private final Supplier<@Nullable String> dead;
    private final Supplier<@Nullable String> unready;
    private final Supplier<@Nullable ClusterView> cluster;
    private final Supplier<List<AddressRange>> readers;

    /**
     * The family.
     *
     * @param dead why only a restart helps, null when nothing is wrong
     * @param unready why writes or reads would be rejected now, null when they would not
     * @param cluster the cluster that the server is a node of, null when of none
     * @param readers the addresses that may see the cluster
     */
    public HealthApi(Supplier<@Nullable String> dead, Supplier<@Nullable String> unready,
            Supplier<@Nullable ClusterView> cluster, Supplier<List<AddressRange>> readers) {
        this.dead = dead;
        this.unready = unready;
        this.cluster = cluster;
        this.readers = readers;
    }

    @Override
    public String name() {
        return "health";
    }

    @Override
    public boolean isOfProtocol() {
        return false;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                route("/health",
                        request -> request.answerFromStorage(() -> all(request.isFrom(readers.get())))),
                route("/health/live",
                        request -> request.respond(response("live", dead.get()))),
                route("/health/ready",
                        request -> request.respond(response("ready", whyUnready()))));
    }

    private static Route route(String path, Route.Endpoint endpoint) {
        return Route.of("GET", path, ERRORS, RequiredPermission.NOTHING, endpoint).with(Trait.UNLIMITED);
    }

    private @Nullable String whyUnready() {
        String fault = dead.get();
        return fault == null ? unready.get() : fault;
    }

    private static Response response(String status, @Nullable String reason) {
        return Response.json(reason == null ? 200 : 503, state(status, reason).end().toBytes());
    }

    /** The beginning of an object. */
    private static JsonWriter state(String status, @Nullable String reason) {
        return reason == null
                ? new JsonWriter().object().member("status", status)
                : new JsonWriter().object().member("status", "not " + status).member("reason", reason);
    }

    private Response all(boolean mayReadFigures) {
        String reason = whyUnready();
        JsonWriter json = state("ready", reason);
        ClusterView seen = mayReadFigures ? cluster.get() : null;
        if (seen != null) {
            seen.writeTo(json.name("cluster"));
        }
        return Response.json(reason == null ? 200 : 503, json.end().toBytes());
    }
}
