package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.limits.AddressRange;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Health checks for the supervisor of the process: whether it lives, or should be restarted, and whether it is ready,
 * or requests should go elsewhere for now; and its view of the cluster, for clients that may read metrics.
 */
public final class HealthApi implements Api.Family {
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
    public List<Route> routes() {
        return List.of(
                Route.of("GET", "/health", ErrorFormat.HEALTH, RequiredPermission.NOTHING,
                        request -> request.answerFromStorage(() -> all(request.isFrom(readers.get())))),
                Route.of("GET", "/health/live", ErrorFormat.HEALTH, RequiredPermission.NOTHING,
                        request -> request.respond(response("live", dead.get()))),
                Route.of("GET", "/health/ready", ErrorFormat.HEALTH, RequiredPermission.NOTHING,
                        request -> request.respond(response("ready", whyUnready()))));
    }

    private @Nullable String whyUnready() {
        String fault = dead.get();
        return fault == null ? unready.get() : fault;
    }

    private static Response response(String status, @Nullable String reason) {
        return Response.json(reason == null ? 200 : 503, state(status, reason).raw("}").toBytes());
    }

    /** The beginning of an object. */
    private static JsonText state(String status, @Nullable String reason) {
        return reason == null
                ? new JsonText().raw("{\"status\":\"" + status + "\"")
                : new JsonText().raw("{\"status\":\"not " + status + "\",\"reason\":").quoted(reason);
    }

    private Response all(boolean mayReadFigures) {
        String reason = whyUnready();
        JsonText json = state("ready", reason);
        ClusterView seen = mayReadFigures ? cluster.get() : null;
        if (seen != null) {
            seen.writeTo(json.raw(",\"cluster\":"));
        }
        return Response.json(reason == null ? 200 : 503, json.raw("}").toBytes());
    }
}
