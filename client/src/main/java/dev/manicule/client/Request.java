package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way.
 *
 * @param target what is sent, and where to
 * @param timeout null for the configured one
 * @param channels the channels that it is about
 * @param groups the channel groups that it is about
 * @param decoder makes the result from the JSON of the response; it throws when the response is malformed
 */
record Request<R>(Operation operation, Target target, @Nullable Duration timeout, List<String> channels,
        List<String> groups, Decoder<R> decoder) {

    /**
     * What is sent, and where to.
     *
     * @param path encoded, with a slash in front
     * @param query names and values, not encoded
     * @param body null for none
     */
    record Target(String method, String path, Map<String, String> query, @Nullable String body) {}

    /** A request that is about no channel group. */
    Request(Operation operation, String method, String path, Map<String, String> query, @Nullable String body,
            @Nullable Duration timeout, List<String> channels, Decoder<R> decoder) {
        this(operation, new Target(method, path, query, body), timeout, channels, List.of(), decoder);
    }

    String method() {
        return target.method;
    }

    String path() {
        return target.path;
    }

    Map<String, String> query() {
        return target.query;
    }

    @Nullable
    String body() {
        return target.body;
    }

    @FunctionalInterface
    interface Decoder<R> {
        R decode(JsonNode json);
    }

    static <R> Request<R> get(Operation operation, String path, Query query, List<String> channels,
            Decoder<R> decoder) {
        return get(operation, path, query, channels, List.of(), decoder);
    }

    static <R> Request<R> get(Operation operation, String path, Query query, List<String> channels,
            List<String> groups, Decoder<R> decoder) {
        return new Request<>(operation, new Target("GET", path, query.parameters, null), null, channels, groups,
                decoder);
    }

    /** The parameters of a request; absent ones are left out. */
    static final class Query {
        private final Map<String, String> parameters = new LinkedHashMap<>();

        Query with(String name, @Nullable Object value) {
            if (value != null) {
                parameters.put(name, Unicode.checked(String.valueOf(value), name));
            }
            return this;
        }

        /** Adds {@code name=true} if set. */
        Query flag(String name, boolean set) {
            return set ? with(name, "true") : this;
        }

        Map<String, String> parameters() {
            return parameters;
        }
    }

    /** Encodes a segment of a path, or a value of a query: all but unreserved characters, as UTF-8. */
    static String encode(String text) {
        int plain = 0;
        while (plain < text.length() && isUnreserved(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : Unicode.checked(text, "a part of the address").getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (isUnreserved(c)) {
                encoded.append(c);
            } else {
                encoded.append('%').append("0123456789ABCDEF".charAt(c >> 4)).append("0123456789ABCDEF".charAt(c & 15));
            }
        }
        return encoded.toString();
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
                || c == '.' || c == '~';
    }

    /** Encodes a list of channels for a path. */
    static String encode(List<String> channels) {
        return channels.stream().map(Request::encode).collect(Collectors.joining(","));
    }
}
