package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route;
import java.util.List;

/** Returns the present time without a read of storage, so that clients can check whether the server is reachable. */
public final class TimeApi implements EndpointFamily {
    private final TimetokenClock timeline;

    /** The family over the server's time. */
    public TimeApi(TimetokenClock timeline) {
        this.timeline = timeline;
    }

    @Override
    public String name() {
        return "time";
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.of("GET", "/time/0", ErrorFormat.OWN, RequiredPermission.NOTHING, this::time));
    }

    private void time(ApiRequest request) {
        request.respond(Response.json(200, new JsonWriter(24).array().number(timeline.now()).end().toBytes()));
    }
}
