package dev.manicule.server.routing;

import dev.manicule.server.http.Response;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The response to a request for a path without an endpoint: in the words of the family that the path belongs to, served
 * or not, since clients read no others. A path of no family is answered in the server's own name.
 */
final class UnknownPath {
    /** The parts of the protocol that this server does not have, by the first segments of their paths. */
    private static final Map<String, String> UNSERVED = Map.of("v1/objects", "App Context", "v1/auth",
            "Access Manager");

    private UnknownPath() {}

    /**
     * The answer, a 404.
     *
     * @param segments raw, of the path
     * @param routes those that begin with the same segment
     * @param shown the path as responses may show it
     * @param now the present timetoken
     */
    static Response response(List<String> segments, List<Route> routes, String shown, long now) {
        String words = "Not found: '" + shown + "'";
        String unserved = segments.size() < 2 ? null : UNSERVED.get(segments.get(0) + "/" + segments.get(1));
        if (unserved != null) {
            return ErrorFormat.service(unserved, 404, words + ": this part of " + unserved + " is not served");
        }
        Route nearest = nearest(segments, routes);
        return (nearest == null ? ErrorFormat.OWN : nearest.errors()).response(404, words, now);
    }

    /** The route that begins with most of these segments: more than with a version. */
    private static @Nullable Route nearest(List<String> segments, List<Route> routes) {
        Route nearest = null;
        int most = isVersion(segments.getFirst()) ? 1 : 0;
        for (Route route : routes) {
            int common = route.path().commonLiterals(segments);
            if (common > most) {
                most = common;
                nearest = route;
            }
        }
        return nearest;
    }

    private static boolean isVersion(String segment) {
        return segment.length() == 2 && segment.charAt(0) == 'v' && Character.isDigit(segment.charAt(1));
    }
}
