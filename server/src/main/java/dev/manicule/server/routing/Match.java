package dev.manicule.server.routing;

import dev.manicule.server.telemetry.RequestTelemetry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the method and the path of a request lead to.
 *
 * @param segments the raw segments of the path
 * @param route the route that serves the request; where none does, one of its path for other methods; null when the
 *        path has none
 * @param isServed whether the route serves it
 * @param family the family of the route, null without one
 * @param counted where the request is counted
 */
record Match(List<String> segments, @Nullable Route route, boolean isServed, @Nullable EndpointFamily family,
        RequestTelemetry.Family counted) {
    /** The format of its errors. */
    ErrorFormat errors() {
        return route == null ? ErrorFormat.OWN : route.errors();
    }

    /** Whether it has a route with this trait. */
    boolean has(Route.Trait trait) {
        return route != null && route.has(trait);
    }
}
