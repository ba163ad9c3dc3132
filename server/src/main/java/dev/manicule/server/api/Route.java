package dev.manicule.server.api;

/**
 * One endpoint.
 *
 * @param method {@code GET}, {@code POST} or {@code DELETE}
 * @param path the pattern of its path
 * @param errors the format of its errors
 * @param need the permissions that its caller must have
 * @param isForNoPages whether it rejects all web pages but this server's own, whatever a keyset says
 * @param isForHead whether a HEAD is served as its GET, without the body; otherwise a HEAD is answered before the
 *        endpoint, which changes something or waits
 * @param mostChannels how many channels its path may list, where the limit for all requests is not lower
 * @param isOfPresent whether it reads what any node has answered before, and not only what this one has applied
 */
record Route(String method, PathPattern path, ErrorFormat errors, RequiredPermission need, Endpoint endpoint,
        boolean isForNoPages,
        boolean isForHead, int mostChannels, boolean isOfPresent) {
    /** Responds to the requests of one route, or hands them on and responds later. Runs on an event loop. */
    @FunctionalInterface
    interface Endpoint {
        void serve(ApiRequest request);
    }

    static Route of(String method, String path, ErrorFormat errors, RequiredPermission need, Endpoint endpoint) {
        return new Route(method, new PathPattern(path), errors, need, endpoint, false, true, Integer.MAX_VALUE, false);
    }

    /** The same, which rejects all web pages but this server's own. */
    Route forNoPages() {
        return new Route(method, path, errors, need, endpoint, true, isForHead, mostChannels, isOfPresent);
    }

    /** The same, whose endpoint no HEAD reaches. */
    Route notForHead() {
        return new Route(method, path, errors, need, endpoint, isForNoPages, false, mostChannels,
                isOfPresent);
    }

    /** The same, of so many channels at most. */
    Route forChannels(int most) {
        return new Route(method, path, errors, need, endpoint, isForNoPages, isForHead, most, isOfPresent);
    }

    /** The same, which reads the present data of all nodes. */
    Route ofPresent() {
        return new Route(method, path, errors, need, endpoint, isForNoPages, isForHead, mostChannels, true);
    }

    /** Whether it serves requests of a method. */
    boolean serves(String requestMethod) {
        return method.equals(requestMethod) || (method.equals("GET") && requestMethod.equals("HEAD"));
    }
}
