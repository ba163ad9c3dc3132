package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.api.Authorization.Arrival;
import dev.manicule.server.api.RateLimits.Throttled;
import dev.manicule.server.api.PathPattern.Values;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Handler.Refusal;
import dev.manicule.server.http.Request;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.telemetry.RequestTelemetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The entry of all requests: finds the endpoint for a request, does the checks common to all endpoints, and hands it
 * over.
 */
public final class Api {
    private static final String ALLOWED_HEADERS = "Origin, X-Requested-With, Content-Type, Accept, Content-Encoding, "
            + "If-Match, Idempotency-Key, X-Request-Id, Last-Event-ID, Cache-Control, traceparent, tracestate, baggage";
    /** Names of header fields with commas between them. */
    private static final Pattern FIELD_NAMES = Pattern
            .compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[ \t]*,[ \t]*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*+");
    private static final int MOST_FIELD_NAMES = 1_000;
    private static final Response PREFLIGHT = Response.noContent()
            .with("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE, PATCH, OPTIONS")
            .with("Access-Control-Max-Age", "86400");
    /** The response to a HEAD of a route that has an effect. */
    private static final Response NO_BODY = Response.json(200, "");

    private final Map<String, List<Place>> places = new HashMap<>();
    private final RequestTelemetry telemetry;
    private final Faults faults;
    /** For requests of unknown paths. */
    private final RequestTelemetry.Family nowhere;
    private final Keysets keysets;
    private final RateLimits rateLimits;
    private final TimetokenClock timeline;
    private final Journal journal;
    private final Authorization authorization;

    /** An API of these families. */
    public Api(Keysets keysets, Access access, RateLimits rateLimits, Limits limits, TimetokenClock timeline,
            Journal journal,
            Workers workers,
            RequestTelemetry telemetry, Faults faults, List<? extends Family> families) {
        this.telemetry = telemetry;
        this.faults = faults;
        nowhere = telemetry.family("none", "");
        this.rateLimits = rateLimits;
        this.keysets = keysets;
        this.timeline = timeline;
        this.journal = journal;
        authorization = new Authorization(access, limits, timeline, workers);
        List<Faults.Served> served = new ArrayList<>();
        for (Family family : families) {
            if (!Fault.FAMILIES.contains(family.name())) {
                throw new IllegalStateException("faults don't know the family " + family.name());
            }
            for (Route route : family.routes()) {
                RequestTelemetry.Family figures = telemetry.family(family.name(), route.method());
                RequestTelemetry.Family others = telemetry.family(family.name(), "other");
                places.computeIfAbsent(route.path().first(), absent -> new ArrayList<>())
                        .add(new Place(route, family.name(), figures, others));
                served.add(new Faults.Served(family.name(), route));
            }
        }
        faults.know(served);
    }

    /** A route, and where its requests are counted, and those for the same path with methods that it does not have. */
    private record Place(Route route, String family, RequestTelemetry.Family figures,
            RequestTelemetry.Family others) {}

    /** A family of endpoints. */
    public sealed interface Family
            permits AccessManagerApi, ChannelGroupsApi, ClusterApi, ConsoleApi, DescriptionApi, HealthApi, HistoryApi,
            MessageActionsApi,
            MetricsApi,
            PresenceApi,
            PublishApi, SandboxApi,
            SubscribeApi, TimeApi {
        /** Its name in metrics. */
        String name();

        /** Its endpoints. */
        List<Route> routes();
    }

    /** All routes, each as its method and the pattern of its path: {@code GET /time/0}. */
    public Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        for (List<Place> beginning : places.values()) {
            beginning.forEach(place -> routes.add(place.route().method() + " " + place.route().path()));
        }
        return routes;
    }

    /** Responds to a request, now or later. On its event loop, which it does not block. */
    public void handle(Request request, Exchange exchange) {
        List<String> segments = PathPattern.split(request.path());
        List<Route> fitting = new ArrayList<>(4);
        RequestTelemetry.Family figures = nowhere;
        String family = "none";
        for (Place place : places.getOrDefault(segments.getFirst(), List.of())) {
            if (place.route().path().fits(segments)) {
                fitting.add(place.route());
                family = place.family();
                if (place.route().serves(request.method())) {
                    figures = place.figures();
                } else if (figures == nowhere) {
                    figures = place.others();
                }
            }
        }
        Route first = fitting.isEmpty() ? null : fitting.getFirst();
        ObservedExchange observed = new ObservedExchange(telemetry, figures, first, segments, request, exchange);
        ErrorFormat errors = first == null ? ErrorFormat.OWN : first.errors();
        Runnable go = () -> throttle(rateLimits.ofAddress(request, exchange), errors, observed,
                () -> handle(fitting, segments, request, observed));
        Fault fault = faults.take(family, request);
        if (fault == null) {
            go.run();
        } else {
            inject(fault, errors, observed, go);
        }
    }

    /** Injects a fault into a request that could go on. */
    private void inject(Fault fault, ErrorFormat errors, ObservedExchange exchange, Runnable go) {
        switch (fault.kind()) {
            case ANSWER -> exchange.respond(fault.refusal(errors, timeline.now()));
            case LOSE_ANSWER -> {
                exchange.loseAnswer();
                go.run();
            }
            case CUT -> {
                if (fault.time().isZero()) {
                    exchange.hangUp();
                } else {
                    exchange.later(fault.time(), exchange::hangUp);
                    go.run();
                }
            }
            case DELAY -> exchange.later(fault.time(), go);
        }
    }

    /**
     * Runs the action, unless a limit is reached. A poll runs later: an error would end the subscription of clients in
     * use. A health check always gets a response, or its supervisor would end the process under load.
     */
    private void throttle(@Nullable Throttled throttled, ErrorFormat errors, Exchange exchange, Runnable action) {
        if (throttled == null || errors == ErrorFormat.HEALTH) {
            action.run();
        } else if (errors == ErrorFormat.SUBSCRIBE) {
            exchange.later(throttled.delay(), action);
        } else {
            exchange.respond(throttled.response(errors, timeline.now()));
        }
    }

    private void handle(List<Route> fitting, List<String> segments, Request request, ObservedExchange exchange) {
        if (request.method().equals("OPTIONS")) {
            preflight(fitting, segments, request, exchange);
            return;
        }
        if (fitting.isEmpty()) {
            exchange.respond(unknown(segments, request));
            return;
        }
        for (Route route : fitting) {
            if (route.serves(request.method())) {
                serve(route, segments, request, exchange);
                return;
            }
        }
        TreeSet<String> allowed = new TreeSet<>(List.of("OPTIONS"));
        for (Route route : fitting) {
            allowed.add(route.method());
            if (route.serves("HEAD")) {
                allowed.add("HEAD");
            }
        }
        String allow = String.join(", ", allowed);
        exchange.respond(fitting.getFirst()
                .errors()
                .response(405,
                        "Method " + request.method() + " is not allowed here, only " + allow, timeline.now())
                .with("Allow", allow));
    }

    /** Answers a preflight: a browser asks which requests its page may send. */
    private void preflight(List<Route> fitting, List<String> segments, Request request, Exchange exchange) {
        Values path = fitting.isEmpty() ? null : fitting.getFirst().path().values(segments);
        Keyset keyset = path == null ? null : keyset(path);
        if (keyset != null) {
            boolean _ = PageOrigins.welcomes(fitting.getFirst(), keyset, request, exchange);
        }
        exchange.respond(PREFLIGHT.with("Access-Control-Allow-Headers", allowedHeaders(request.corsHeaders())));
    }

    /**
     * Tracing and other middleware adds header fields that no list here could know: a page may send the fields that it
     * asks for.
     */
    private static String allowedHeaders(@Nullable String asked) {
        return asked == null || asked.length() > MOST_FIELD_NAMES || !FIELD_NAMES.matcher(asked).matches()
                ? ALLOWED_HEADERS
                : ALLOWED_HEADERS + ", " + asked;
    }

    /** The response to bytes that are no request. */
    public static Response refusal(Refusal refusal) {
        return switch (refusal) {
            case MALFORMED -> ErrorFormat.service("Access Manager", 400, "Could Not Parse Request");
            case UNKNOWN_HOST -> ErrorFormat.service("Balancer", 421,
                    "This server does not answer to this Host: `hosts` in its configuration names others than localhost");
            case URI_TOO_LONG -> ErrorFormat.service("Balancer", 414, "Request URI Too Long");
            case HEADERS_TOO_LARGE -> ErrorFormat.service("Balancer", 431, "Request Header Fields Too Large");
            case OTHER_WEBSOCKET ->
                ErrorFormat
                        .service(ErrorFormat.MANICULE, 426, "A WebSocket here is of version 13 (Sec-WebSocket-Version)")
                        .with("Sec-WebSocket-Version", "13")
                        .with("Upgrade", "websocket")
                        .with("Connection", "Upgrade");
            case WEBSOCKET_WITHOUT_KEY -> ErrorFormat.service(ErrorFormat.MANICULE, 400,
                    "A WebSocket needs one Sec-WebSocket-Key: sixteen bytes in base64");
            case TOO_SLOW -> ErrorFormat.service("Balancer", 408, "Request Timeout");
            case OVERLOADED -> ErrorFormat.service("Balancer", 503, "Too much is held for clients")
                    .with("Retry-After", "1");
            case TOO_MANY_CONNECTIONS ->
                ErrorFormat.service("Balancer", 503, "Too many connections").with("Retry-After", "1");
        };
    }

    private void serve(Route route, List<String> segments, Request request, ObservedExchange exchange) {
        ErrorFormat errors = route.errors();
        Values path = route.path().values(segments);
        Query query = Query.parse(request.query());
        if (path == null || query == null) {
            String where = path == null ? "path" : "query";
            exchange.respond(errors.response(400, "The " + where + " is not percent-encoded UTF-8", timeline.now()));
            return;
        }
        Keyset keyset = keyset(path);
        if (keyset == null) {
            exchange.respond(errors == ErrorFormat.ACTIONS
                    ? errors.response(400, "Invalid Subkey", timeline.now())
                    : ErrorFormat.SERVICE.response(400, "Invalid Subscribe Key", timeline.now()));
            return;
        }
        exchange.belongsTo(keyset.subscribeKey());
        if (!PageOrigins.welcomes(route, keyset, request, exchange)) {
            exchange.respond(errors.response(403, "Pages of this origin may not use this keyset", timeline.now()));
            return;
        }
        authorization.of(new Arrival(route, path, query, keyset, request, exchange),
                apiRequest -> throttle(rateLimits.ofKeyset(keyset), errors, exchange,
                        () -> serveWhenPresent(route, apiRequest)));
    }

    /** Where reads see the present data of all nodes, waits first until this node has caught up with it. */
    private void serveWhenPresent(Route route, ApiRequest apiRequest) {
        Executor loop = apiRequest.exchange().loop();
        if (!route.isOfPresent() || journal.isPresent(fault -> {
            if (fault == null) {
                loop.execute(() -> serve(route, apiRequest));
            } else {
                apiRequest.refuse(fault);
            }
        })) {
            serve(route, apiRequest);
        }
    }

    private void serve(Route route, ApiRequest apiRequest) {
        if (apiRequest.request().method().equals("HEAD") && !route.isForHead()) {
            apiRequest.respond(NO_BODY);
            return;
        }
        try {
            route.endpoint().serve(apiRequest);
        } catch (RuntimeException | Error e) {
            apiRequest.fail(route.method() + " " + route.path(), e, "Internal error");
        }
    }

    /** The keyset that a path names, null when it is not served. */
    private @Nullable Keyset keyset(Values path) {
        String subscribeKey = path.get("subscribeKey");
        return subscribeKey == null ? Keyset.NONE : keysets.find(subscribeKey);
    }

    private Response unknown(List<String> segments, Request request) {
        List<Route> known = places.getOrDefault(segments.getFirst(), List.of()).stream().map(Place::route).toList();
        return UnknownPath.response(segments, known, ObservedExchange.shown(request.path()), timeline.now());
    }
}
