package dev.manicule.client.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.Operation;
import dev.manicule.client.Status.Affected;
import java.net.URI;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request, before it has an id.
 *
 * @param target what is sent, and where to
 * @param timeout null for the configured one
 * @param affected the channels and groups that it is about
 * @param response what is expected
 * @param decoder makes the result from the JSON of the response
 * @param rest what follows the response
 */
public record Request<R>(Operation operation, Target target, @Nullable Duration timeout, Affected affected,
        Response response, Decoder<R> decoder, Rest<R> rest) {
    private static final Affected NONE = new Affected(List.of(), List.of());

    /**
     * What is sent, and where to.
     *
     * @param content null for none
     * @param ifMatch the tag that what is changed must have; null for any
     * @param elsewhere the whole address, where it is not one of the protocol: then it goes without user, token and
     *        signature; else null
     */
    public record Target(String method, Path path, Query query, @Nullable Content content,
            @Nullable String ifMatch, @Nullable URI elsewhere) {
        Target(String method, Path path, Query query, @Nullable String json) {
            this(method, path, query, json == null ? null : Content.json(json), null, null);
        }
    }

    /**
     * What is expected.
     *
     * @param status the HTTP status of a success
     * @param handler receives the body
     */
    public record Response(int status, BodyHandler<byte[]> handler) {
        private static final Response JSON = new Response(HttpStatus.OK, BodyHandlers.ofByteArray());
        private static final Response EMPTY = new Response(HttpStatus.NO_CONTENT, BodyHandlers.ofByteArray());
        private static final Response REDIRECT = new Response(HttpStatus.TEMPORARY_REDIRECT,
                BodyHandlers.ofByteArray());
    }

    /** Makes a result. It throws when the response is malformed. */
    @FunctionalInterface
    public interface Decoder<R> {
        /** The result in this JSON. */
        R decode(JsonNode json);
    }

    /** What follows a response. */
    @FunctionalInterface
    public interface Rest<R> {
        /** The request for what a result still lacks; null when it lacks nothing. */
        @Nullable
        Request<R> after(R result);
    }

    private static <R> Request<R> of(Operation operation, Target target, Decoder<R> decoder) {
        return new Request<>(operation, target, null, NONE, Response.JSON, decoder, result -> null);
    }

    /** A request by GET, about no channel yet. */
    public static <R> Request<R> get(Operation operation, Path path, Query query, Decoder<R> decoder) {
        return of(operation, new Target("GET", path, query, null), decoder);
    }

    /** A request by POST, about no channel yet. */
    public static <R> Request<R> post(Operation operation, Path path, Query query, String body, Decoder<R> decoder) {
        return of(operation, new Target("POST", path, query, body), decoder);
    }

    /** A request by PUT, about no channel yet. */
    public static <R> Request<R> put(Operation operation, Path path, Query query, String body, Decoder<R> decoder) {
        return of(operation, new Target("PUT", path, query, body), decoder);
    }

    /** A request by PATCH, about no channel yet. */
    public static <R> Request<R> patch(Operation operation, Path path, Query query, String body, Decoder<R> decoder) {
        return of(operation, new Target("PATCH", path, query, body), decoder);
    }

    /** A request by DELETE, about no channel yet. */
    public static <R> Request<R> delete(Operation operation, Path path, Query query, Decoder<R> decoder) {
        return of(operation, new Target("DELETE", path, query, null), decoder);
    }

    /** The same request, about this channel. */
    public Request<R> about(String channel) {
        return about(List.of(channel), List.of());
    }

    /** The same request, about these channels and groups. */
    public Request<R> about(List<String> channels, List<String> groups) {
        return new Request<>(operation, target, timeout, new Affected(channels, groups), response, decoder, rest);
    }

    /** The same request, if what it changes has this tag; null for any. */
    public Request<R> ifMatch(@Nullable String tag) {
        Target conditional = new Target(target.method, target.path, target.query, target.content, tag,
                target.elsewhere);
        return new Request<>(operation, conditional, timeout, affected, response, decoder, rest);
    }

    /** The same request, with a timeout of its own. */
    public Request<R> within(Duration ownTimeout) {
        return new Request<>(operation, target, ownTimeout, affected, response, decoder, rest);
    }

    /** The same request, which others may follow. */
    public Request<R> then(Rest<R> more) {
        return new Request<>(operation, target, timeout, affected, response, decoder, more);
    }

    /** The same request, to which a redirection is expected: the decoder gets its {@code location}. */
    public Request<R> redirected() {
        return new Request<>(operation, target, timeout, affected, Response.REDIRECT, decoder, rest);
    }

    /** An upload, to any server; an empty response is expected. */
    public static <R> Request<R> upload(Operation operation, URI to, Content content, Decoder<R> decoder) {
        return elsewhere(operation, new Target("POST", Path.of(), Query.NONE, content, null, to), Response.EMPTY,
                decoder);
    }

    /** A download, from any server. */
    public static <R> Request<R> download(Operation operation, URI from, BodyHandler<byte[]> handler,
            Decoder<R> decoder) {
        return elsewhere(operation, new Target("GET", Path.of(), Query.NONE, null, null, from),
                new Response(HttpStatus.OK, handler), decoder);
    }

    private static <R> Request<R> elsewhere(Operation operation, Target target, Response response,
            Decoder<R> decoder) {
        return new Request<>(operation, target, null, NONE, response, decoder, result -> null);
    }

    /** Whether it transfers a file: it has a whole address, and no id, since to repeat it does no harm. */
    boolean isTransfer() {
        return target.elsewhere != null;
    }

    /** Whether it is a poll of a subscription: its cursor says what to repeat, so it is neither repeated nor has an id. */
    boolean isPoll() {
        return operation == Operation.SUBSCRIBE;
    }
}
