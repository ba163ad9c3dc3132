package dev.manicule.server.api;

import dev.manicule.server.access.SignedRequest;
import dev.manicule.server.http.Request;
import dev.manicule.server.model.Timetoken;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The parameters of a query, decoded. Of a repeated one the first counts; unknown ones are nobody's concern. */
final class Query {
    private final Map<String, String> parameters;
    private final String raw;

    private Query(Map<String, String> parameters, String raw) {
        this.parameters = parameters;
        this.raw = raw;
    }

    /** Reads a raw query; null when it is not well encoded. */
    static @Nullable Query parse(String raw) {
        Map<String, String> parameters = read(raw, value -> Percent.decode(value, true));
        return parameters == null ? null : new Query(parameters, raw);
    }

    /** The parameters, their names decoded, their values as {@code decoder} has them; null when that fails. */
    private static @Nullable Map<String, String> read(String raw, Function<String, @Nullable String> decoder) {
        Map<String, String> parameters = new HashMap<>();
        int from = 0;
        while (from < raw.length()) {
            int to = raw.indexOf('&', from);
            to = to < 0 ? raw.length() : to;
            int equals = raw.indexOf('=', from);
            equals = equals < 0 || equals > to ? to : equals;
            String name = Percent.decode(raw.substring(from, equals), true);
            String value = decoder.apply(raw.substring(Math.min(equals + 1, to), to));
            if (name == null || value == null) {
                return null;
            }
            parameters.putIfAbsent(name, value);
            from = to + 1;
        }
        return parameters;
    }

    /** The request with this query as a signature covers it; null when it does not say that it is signed. */
    @Nullable
    SignedRequest signed(Request request) {
        if (!parameters.containsKey("signature")) {
            return null;
        }
        Map<String, String> asSent = read(raw, value -> value);
        int bytes = request.path().length() + raw.length() + request.sentBody().sentBytes();
        return new SignedRequest(request.method(), request.path(), parameters, asSent == null ? Map.of() : asSent,
                request::body, bytes);
    }

    /** The value of a parameter, null when it is absent or empty. */
    @Nullable
    String text(String name) {
        String value = parameters.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Whether a parameter is {@code true} or {@code 1}; {@code false} is sent as well as nothing. */
    boolean flag(String name) {
        String value = parameters.get(name);
        return "true".equals(value) || "1".equals(value);
    }

    /** A timetoken, null when absent or empty, {@link Timetoken#INVALID} when it is none. */
    @Nullable
    Long timetoken(String name) {
        String value = text(name);
        return value == null ? null : (Long) Timetoken.parse(value);
    }

    /**
     * A whole number from 1 up, cut to {@code most}; {@code absent} when there is none, −1 when it is no such number.
     */
    int count(String name, int absent, int most) {
        Long value = timetoken(name);
        if (value == null) {
            return absent;
        }
        return value < 1 ? -1 : (int) Math.min(value, most);
    }
}
