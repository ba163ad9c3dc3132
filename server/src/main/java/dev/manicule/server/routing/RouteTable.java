package dev.manicule.server.routing;

import dev.manicule.server.telemetry.RequestTelemetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** All routes, by the first segments of their paths. Immutable. */
final class RouteTable {
    private final Map<String, List<Place>> places = new HashMap<>();
    /** Where requests for unknown paths are counted. */
    private final RequestTelemetry.Family nowhere;

    /** A route, and where its requests are counted, and those for the same path with methods that it does not have. */
    private record Place(Route route, EndpointFamily family, RequestTelemetry.Family counted,
            RequestTelemetry.Family others) {}

    RouteTable(List<? extends EndpointFamily> families, RequestTelemetry telemetry) {
        nowhere = telemetry.family("none", "");
        for (EndpointFamily family : families) {
            RequestTelemetry.Family others = telemetry.family(family.name(), "other");
            for (Route route : family.routes()) {
                places.computeIfAbsent(route.path().first(), absent -> new ArrayList<>())
                        .add(new Place(route, family, telemetry.family(family.name(), route.method()), others));
            }
        }
    }

    /** What a request leads to: of several routes of its path the first one that serves it. */
    Match match(String path, String method) {
        List<String> segments = PathPattern.split(path);
        Place other = null;
        for (Place place : places.getOrDefault(segments.getFirst(), List.of())) {
            if (place.route.path().fits(segments)) {
                if (place.route.serves(method)) {
                    return new Match(segments, place.route, true, place.family, place.counted);
                }
                other = other == null ? place : other;
            }
        }
        return other == null
                ? new Match(segments, null, false, null, nowhere)
                : new Match(segments, other.route, false, other.family, other.others);
    }

    /** The routes of a path, whatever their methods. */
    List<Route> of(List<String> segments) {
        return beginningWith(segments.getFirst()).stream().filter(route -> route.path().fits(segments)).toList();
    }

    /** The routes whose paths begin with a segment. */
    List<Route> beginningWith(String segment) {
        return places.getOrDefault(segment, List.of()).stream().map(Place::route).toList();
    }

    /** All routes, each as its method and the pattern of its path: {@code GET /time/0}. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (List<Place> beginning : places.values()) {
            beginning.forEach(place -> names.add(place.route.method() + " " + place.route.path()));
        }
        return names;
    }
}
