package dev.manicule.server.routing;

import dev.manicule.server.access.SignedRequest;
import dev.manicule.server.http.Request;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a query, decoded. Of a repeated one the first counts; unknown ones are ignored. A plus is a plus;
 * only where a value is invalid so, it is read as the space that encoders of HTML forms write as a plus
 * ({@link #readings}, {@link #read}).
 */
public final class QueryParameters {
    private final Map<String, String> parameters;
    private final String raw;
    /** The values as sent; null until the first read. */
    private @Nullable Map<String, String> sent;

    private QueryParameters(Map<String, String> parameters, String raw) {
        this.parameters = parameters;
        this.raw = raw;
    }

    /** Reads a raw query; null when it is not well encoded. */
    static @Nullable QueryParameters parse(String raw) {
        Map<String, String> parameters = split(raw, PercentEncoding::decode);
        return parameters == null ? null : new QueryParameters(parameters, raw);
    }

    /** The parameters, their names decoded, their values decoded by {@code decoder}; null when that fails. */
    private static @Nullable Map<String, String> split(String raw, Function<String, @Nullable String> decoder) {
        Map<String, String> parameters = new HashMap<>();
        int from = 0;
        while (from < raw.length()) {
            int to = raw.indexOf('&', from);
            to = to < 0 ? raw.length() : to;
            int equals = raw.indexOf('=', from);
            equals = equals < 0 || equals > to ? to : equals;
            String name = PercentEncoding.decode(raw.substring(from, equals));
            String value = decoder.apply(raw.substring(Math.min(equals + 1, to), to));
            if (name == null || value == null) {
                return null;
            }
            parameters.putIfAbsent(name, value);
            from = to + 1;
        }
        return parameters;
    }

    /** The request with this query as a signature covers it; null when it has no signature. */
    @Nullable
    SignedRequest signed(Request request) {
        if (!parameters.containsKey("signature")) {
            return null;
        }
        int bytes = request.path().length() + raw.length() + request.sentBody().sentBytes();
        Map<String, String> spaced = raw.indexOf('+') < 0 ? parameters : split(raw, QueryParameters::spaced);
        return new SignedRequest(request.method(), request.path(), parameters, sent(),
                spaced == null ? parameters : spaced, request::body, bytes);
    }

    private Map<String, String> sent() {
        Map<String, String> values = sent;
        if (values == null) {
            Map<String, String> read = split(raw, value -> value);
            values = read == null ? Map.of() : read;
            sent = values;
        }
        return values;
    }

    /**
     * The ways to read a parameter that is an expression or JSON, likeliest first; none when it is absent or empty. The
     * second one has spaces for pluses: clients that encode like HTML forms send them in states, metas and filters. A
     * value that has {@code %20} has its spaces already.
     */
    public List<String> readings(String name) {
        String value = text(name);
        if (value == null) {
            return List.of();
        }
        String asSent = sent().getOrDefault(name, "");
        if (asSent.indexOf('+') < 0 || asSent.contains("%20") || asSent.indexOf(' ') >= 0) {
            return List.of(value);
        }
        String spaced = spaced(asSent);
        return spaced == null ? List.of(value) : List.of(value, spaced);
    }

    private static @Nullable String spaced(String sent) {
        return PercentEncoding.decode(sent.replace('+', ' '));
    }

    /**
     * The result of {@code reader} for a parameter that is JSON, from the first of the {@link #readings} that it
     * accepts; null when it accepts none. Spaces for pluses are tried only in an object, a list or a string, where
     * pluses between tokens can be nothing else: {@code +49} without its plus would be another value.
     */
    public <T> @Nullable T read(String name, Function<byte[], @Nullable T> reader) {
        T value = null;
        boolean isAsSent = true;
        for (String reading : readings(name)) {
            if (value == null && (isAsSent || hasTokens(reading))) {
                value = reader.apply(reading.getBytes(StandardCharsets.UTF_8));
            }
            isAsSent = false;
        }
        return value;
    }

    /** Whether a text begins, after spaces, as a JSON value whose ends are marked. */
    private static boolean hasTokens(String text) {
        String json = text.stripLeading();
        return !json.isEmpty() && "{[\"".indexOf(json.charAt(0)) >= 0;
    }

    /** The value of a parameter, null when it is absent or empty. */
    public @Nullable String text(String name) {
        String value = parameters.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Whether a parameter is there without a value. */
    public boolean isEmpty(String name) {
        String value = parameters.get(name);
        return value != null && value.isEmpty();
    }

    /**
     * Whether a parameter is {@code true}, in large or small letters, or {@code 1}; clients send {@code false} as well as
     * no value.
     */
    public boolean flag(String name) {
        String value = parameters.get(name);
        return "true".equalsIgnoreCase(value) || "1".equals(value);
    }

    /** A timetoken, null when absent or empty, {@link Timetoken#INVALID} when it is none. */
    public @Nullable Long timetoken(String name) {
        String value = text(name);
        return value == null ? null : (Long) Timetoken.parse(value);
    }

    /**
     * A whole number from 1 up, cut to {@code most}; {@code absent} when there is none, −1 when it is no such number.
     */
    public int count(String name, int absent, int most) {
        Long value = timetoken(name);
        if (value == null) {
            return absent;
        }
        return value < 1 ? -1 : (int) Math.min(value, most);
    }
}
