package dev.manicule.server.routing;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Rejects requests that no route serves: for an unknown path, or with a method that its path does not have. */
final class RouteCheck implements Step {
    private final RouteTable routes;

    RouteCheck(RouteTable routes) {
        this.routes = routes;
    }

    @Override
    public void take(ApiRequest request) {
        Match match = request.match();
        List<String> segments = match.segments();
        if (match.isServed()) {
            request.proceed();
        } else if (match.route() == null) {
            request.respond(UnknownPath.response(segments, routes.beginningWith(segments.getFirst()),
                    ObservedExchange.shown(request.request().path()), request.now()));
        } else {
            String allow = String.join(", ", allowed(routes.of(segments)));
            request.respond(request.errors()
                    .response(405, "Method " + request.request().method() + " is not allowed here, only " + allow,
                            request.now())
                    .with("Allow", allow));
        }
    }

    private static Set<String> allowed(List<Route> ofPath) {
        Set<String> allowed = new TreeSet<>(List.of("OPTIONS"));
        for (Route route : ofPath) {
            allowed.add(route.method());
            if (route.serves("HEAD")) {
                allowed.add("HEAD");
            }
        }
        return allowed;
    }
}
