package dev.manicule.server.routing;

import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Header;
import dev.manicule.server.http.Request;
import dev.manicule.server.http.Response;
import dev.manicule.server.http.Stream;
import dev.manicule.server.limits.Client;
import dev.manicule.server.telemetry.RequestInfo;
import dev.manicule.server.telemetry.RequestTelemetry.Observation;
import dev.manicule.server.telemetry.RequestTelemetry;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An exchange whose end is recorded. */
final class ObservedExchange implements Exchange {
    /** The request id that clients of the protocol send. */
    private static final Pattern REQUEST_ID = Pattern.compile("(?:^|&)requestid=([A-Za-z0-9._~-]{1,64})(?:&|$)");
    /**
     * Ids that logs can show as they are: shorter than any token, and without characters that could end a field of a
     * line.
     */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._~:;=+/@-]{1,64}");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    /** Shown for a path without a route: it may be a misspelt path of a route, with keys and messages. */
    private static final String UNKNOWN = "{unknown}";
    private static final int SHOWN = 200;

    private final Exchange exchange;
    private final Observation observation;
    private @Nullable String id;
    /** Whether its client must not receive the response. */
    private boolean lost;

    /** Begins to observe a request. */
    ObservedExchange(RequestTelemetry telemetry, Match match, Request request, Exchange exchange) {
        this.exchange = exchange;
        Route route = match.route();
        observation = telemetry.begins(match.counted(),
                () -> new RequestInfo(id(request), METHODS.contains(request.method()) ? request.method() : "OTHER",
                        route == null ? "" : route.path().toString(),
                        route == null ? UNKNOWN : shown(route.path().withoutSecrets(match.segments())),
                        request.client().getHostAddress(), request.header(Header.TRACEPARENT)));
    }

    /** The id of its request: the client's if it sends one, else one that the server makes. */
    String id(Request request) {
        String known = id;
        if (known == null) {
            String sent = request.header(Header.REQUEST_ID);
            known = sent != null && NAME.matcher(sent).matches() ? sent : idOfQuery(request);
            id = known;
        }
        return known;
    }

    private static String idOfQuery(Request request) {
        Matcher protocol = REQUEST_ID.matcher(request.query());
        return protocol.find() ? protocol.group(1) : UUID.randomUUID().toString();
    }

    /** A path as logs may show it: of bounded length, and with visible characters only. */
    static String shown(String path) {
        StringBuilder shown = new StringBuilder();
        path.chars().limit(SHOWN).forEach(c -> shown.append(c > ' ' && c < 127 ? (char) c : '?'));
        return shown.toString();
    }

    @Override
    public void respond(Response response) {
        observation.ended(response.status());
        if (lost) {
            exchange.hangUp();
        } else {
            exchange.respond(response);
        }
    }

    /** Closes the connection instead of a response. Called before the response. */
    void loseAnswer() {
        lost = true;
    }

    @Override
    public void hangUp() {
        observation.ended(RequestTelemetry.GONE);
        exchange.hangUp();
    }

    @Override
    public void onHangUp(Runnable action) {
        exchange.onHangUp(() -> {
            observation.ended(RequestTelemetry.GONE);
            action.run();
        });
    }

    /** Measures the time until the stream begins; the client decides how long that stays open. */
    @Override
    public Stream stream(Runnable hangUp) {
        observation.ended(200);
        return exchange.stream(hangUp);
    }

    @Override
    public void allowOrigin(@Nullable String origin) {
        exchange.allowOrigin(origin);
    }

    @Override
    public void allowNoOrigin() {
        exchange.allowNoOrigin();
    }

    @Override
    public boolean isOver() {
        return exchange.isOver();
    }

    @Override
    public void later(Duration delay, Runnable action) {
        exchange.later(delay, action);
    }

    @Override
    public void watch(IntSupplier action) {
        exchange.watch(action);
    }

    @Override
    public long silentNanos(long within) {
        return exchange.silentNanos(within);
    }

    @Override
    public Client client() {
        return exchange.client();
    }

    @Override
    public void belongsTo(String subscribeKey) {
        exchange.belongsTo(subscribeKey);
    }

    @Override
    public int requestsInFlight() {
        return exchange.requestsInFlight();
    }

    @Override
    public String origin() {
        return exchange.origin();
    }

    @Override
    public Executor loop() {
        return exchange.loop();
    }
}
