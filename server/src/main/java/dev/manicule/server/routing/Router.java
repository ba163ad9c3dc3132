package dev.manicule.server.routing;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Request;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.telemetry.RequestTelemetry;
import java.util.List;
import java.util.Set;

/** The entry of all requests: finds the route of a request, and sends it on its way to the endpoint. */
public final class Router {
    private final RouteTable routes;
    private final RequestTelemetry telemetry;
    private final Pipeline pipeline;

    /** A router of these families. */
    public Router(Keysets keysets, Access access, RateLimits rateLimits, Limits limits, TimetokenClock timeline,
            Journal journal, Workers workers, RequestTelemetry telemetry, Faults faults,
            List<? extends EndpointFamily> families) {
        this.telemetry = telemetry;
        routes = new RouteTable(families, telemetry);
        faults.know(families);
        BodyCheck bodies = new BodyCheck(limits);
        List<Step> steps = List.of(
                new FaultInjection(faults),
                rateLimits::limitAddress,
                new Preflight(keysets),
                new RouteCheck(routes),
                new AddressDecoding(),
                new KeysetLookup(keysets),
                new PageOrigins(),
                new Authentication(access, limits, bodies),
                new Authorization(access, limits),
                bodies,
                rateLimits::limitKeyset,
                new CatchUp(journal),
                new EndpointCall());
        pipeline = new Pipeline(steps, timeline, workers);
    }

    /** Responds to a request, now or later. On its event loop, which it does not block. */
    public void handle(Request request, Exchange exchange) {
        Match match = routes.match(request.path(), request.method());
        ObservedExchange observed = new ObservedExchange(telemetry, match, request, exchange);
        new ApiRequest(match, request, observed, pipeline).proceed();
    }

    /** Whether the route of a request takes its body while it comes in. */
    public boolean takesBodyAsItComes(String method, String path) {
        return routes.match(path, method).has(Route.Trait.STREAMED_BODY);
    }

    /** All routes, each as its method and the pattern of its path: {@code GET /time/0}. */
    public Set<String> routes() {
        return routes.names();
    }
}
