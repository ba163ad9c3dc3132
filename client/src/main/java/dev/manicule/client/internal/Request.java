package dev.manicule.client.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.Operation;
import dev.manicule.client.Status.Affected;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request, before it has an id.
 *
 * @param target what is sent, and where to
 * @param timeout null for the configured one
 * @param affected the channels and groups that it is about
 * @param decoder makes the result from the JSON of the response
 */
public record Request<R>(Operation operation, Target target, @Nullable Duration timeout, Affected affected,
        Decoder<R> decoder) {
    private static final Affected NONE = new Affected(List.of(), List.of());

    /**
     * What is sent, and where to.
     *
     * @param body null for none
     * @param ifMatch the tag that what is changed must have; null for any
     */
    public record Target(String method, Path path, Query query, @Nullable String body,
            @Nullable String ifMatch) {
        Target(String method, Path path, Query query, @Nullable String body) {
            this(method, path, query, body, null);
        }
    }

    /** Makes a result. It throws when the response is malformed. */
    @FunctionalInterface
    public interface Decoder<R> {
        /** The result in this JSON. */
        R decode(JsonNode json);
    }

    /** A request by GET, about no channel yet. */
    public static <R> Request<R> get(Operation operation, Path path, Query query, Decoder<R> decoder) {
        return new Request<>(operation, new Target("GET", path, query, null), null, NONE, decoder);
    }

    /** A request by POST, about no channel yet. */
    public static <R> Request<R> post(Operation operation, Path path, Query query, String body, Decoder<R> decoder) {
        return new Request<>(operation, new Target("POST", path, query, body), null, NONE, decoder);
    }

    /** A request by PUT, about no channel yet. */
    public static <R> Request<R> put(Operation operation, Path path, Query query, String body, Decoder<R> decoder) {
        return new Request<>(operation, new Target("PUT", path, query, body), null, NONE, decoder);
    }

    /** A request by PATCH, about no channel yet. */
    public static <R> Request<R> patch(Operation operation, Path path, Query query, String body, Decoder<R> decoder) {
        return new Request<>(operation, new Target("PATCH", path, query, body), null, NONE, decoder);
    }

    /** A request by DELETE, about no channel yet. */
    public static <R> Request<R> delete(Operation operation, Path path, Query query, Decoder<R> decoder) {
        return new Request<>(operation, new Target("DELETE", path, query, null), null, NONE, decoder);
    }

    /** The same request, about this channel. */
    public Request<R> about(String channel) {
        return about(List.of(channel), List.of());
    }

    /** The same request, about these channels and groups. */
    public Request<R> about(List<String> channels, List<String> groups) {
        return new Request<>(operation, target, timeout, new Affected(channels, groups), decoder);
    }

    /** The same request, if what it changes has this tag; null for any. */
    public Request<R> ifMatch(@Nullable String tag) {
        Target conditional = new Target(target.method, target.path, target.query, target.body, tag);
        return new Request<>(operation, conditional, timeout, affected, decoder);
    }

    /** The same request, with a timeout of its own. */
    public Request<R> within(Duration ownTimeout) {
        return new Request<>(operation, target, ownTimeout, affected, decoder);
    }

    /** Whether it is a poll of a subscription: its cursor says what to repeat, so it is neither repeated nor has an id. */
    boolean isPoll() {
        return operation == Operation.SUBSCRIBE;
    }
}
