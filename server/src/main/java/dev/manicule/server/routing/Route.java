package dev.manicule.server.routing;

import java.util.EnumSet;
import java.util.Set;

/**
 * One endpoint.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE}
 * @param path the pattern of its path
 * @param errors the format of its errors
 * @param need the permissions that its caller must have
 * @param endpoint responds to its requests
 * @param mostChannels how many channels its path may list, where the limit for all requests is not lower
 * @param traits how it differs from most routes
 */
public record Route(String method, PathPattern path, ErrorFormat errors, RequiredPermission need, Endpoint endpoint,
        int mostChannels, Set<Trait> traits) {
    /** Responds to the requests of one route, or hands them on and responds later. Runs on an event loop. */
    @FunctionalInterface
    public interface Endpoint {
        /** Ensures that a request gets a response, now or later. Does not block. */
        void serve(ApiRequest request);
    }

    /** How a route may differ from others. */
    public enum Trait {
        /** It rejects all web pages but this server's own, whatever a keyset says. */
        SAME_ORIGIN_ONLY,
        /** A HEAD is answered before the endpoint, which changes something or waits; otherwise it is served as its GET. */
        WITHOUT_HEAD,
        /** It reads what any node has answered before, and not only what this one has applied. */
        LINEARIZABLE,
        /** A request over a limit waits. An error would end the subscription of clients in use. */
        WAITS_OVER_LIMIT,
        /** It takes the body while it comes in; see {@link ApiRequest#incomingBody}. */
        STREAMED_BODY,
        /** No rate limits its requests: a health check without a response has its supervisor end the process under load. */
        UNLIMITED
    }

    /**
     * A route without traits.
     *
     * @param path such as {@code /v2/presence/sub-key/{subscribeKey}/channel/{channels}}; a last segment {@code {name...}}
     *        is for the rest of the path
     */
    public static Route of(String method, String path, ErrorFormat errors, RequiredPermission need,
            Endpoint endpoint) {
        return new Route(method, new PathPattern(path), errors, need, endpoint, Integer.MAX_VALUE, Set.of());
    }

    /** The same with a trait more. */
    public Route with(Trait trait) {
        Set<Trait> more = EnumSet.of(trait);
        more.addAll(traits);
        return new Route(method, path, errors, need, endpoint, mostChannels, more);
    }

    /** The same, of so many channels at most. */
    public Route withChannels(int most) {
        return new Route(method, path, errors, need, endpoint, most, traits);
    }

    /** Whether it has a trait. */
    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** Whether it serves requests of a method. */
    boolean serves(String requestMethod) {
        return method.equals(requestMethod) || (method.equals("GET") && requestMethod.equals("HEAD"));
    }
}
