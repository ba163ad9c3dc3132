package dev.manicule.server.routing;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.http.Header;
import dev.manicule.server.http.Response;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers preflights: a browser asks which requests its page may send. */
final class Preflight implements Step {
    private static final String ALLOWED_HEADERS = "Origin, X-Requested-With, Content-Type, Accept, Content-Encoding, "
            + "If-Match, Idempotency-Key, X-Request-Id, Last-Event-ID, Cache-Control, traceparent, tracestate, baggage";
    /** Names of header fields with commas between them. */
    private static final Pattern FIELD_NAMES = Pattern
            .compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[ \t]*,[ \t]*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*+");
    private static final int MOST_FIELD_NAMES = 1_000;
    private static final Response ALLOWED = Response.noContent()
            .with("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS")
            .with("Access-Control-Max-Age", "86400");

    private final Keysets keysets;

    Preflight(Keysets keysets) {
        this.keysets = keysets;
    }

    @Override
    public void take(ApiRequest request) {
        if (!request.request().method().equals("OPTIONS")) {
            request.proceed();
            return;
        }
        Route route = request.match().route();
        PathPattern.Values path = route == null ? null : route.path().values(request.match().segments());
        Keyset keyset = path == null ? null : KeysetLookup.find(keysets, path);
        if (route != null && keyset != null) {
            boolean _ = PageOrigins.welcomes(route, keyset, request.request(), request.exchange());
        }
        request.respond(ALLOWED.with("Access-Control-Allow-Headers",
                allowedHeaders(request.request().header(Header.ACCESS_CONTROL_REQUEST_HEADERS))));
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
}
