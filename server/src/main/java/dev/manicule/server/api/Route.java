package dev.manicule.server.api;

import java.util.List;

/**
 * One endpoint.
 *
 * @param method {@code GET}, {@code POST} or {@code DELETE}
 * @param path its segments: literal ones, {@code {name}} for any, {@code {name...}} at the end for the rest, slashes
 *        included, or nothing
 * @param errors how it words errors
 * @param need what its caller must be allowed
 */
record Route(String method, List<String> path, ErrorShape errors, Need need, Endpoint endpoint) {
    /** Answers the requests of one route, or hands them on and answers later. Runs on an event loop. */
    @FunctionalInterface
    interface Endpoint {
        void serve(Call call);
    }

    static Route of(String method, String path, ErrorShape errors, Need need, Endpoint endpoint) {
        return new Route(method, List.of(path.substring(1).split("/")), errors, need, endpoint);
    }

    /** Whether this route is for a path of such raw segments, whatever the method. */
    boolean fits(List<String> segments) {
        boolean open = path.getLast().endsWith("...}");
        if (open ? segments.size() < path.size() - 1 : segments.size() != path.size()) {
            return false;
        }
        for (int i = 0; i < path.size(); i++) {
            String expected = path.get(i);
            if (!expected.startsWith("{") && !expected.equals(segments.get(i))) {
                return false;
            }
        }
        return true;
    }
}
