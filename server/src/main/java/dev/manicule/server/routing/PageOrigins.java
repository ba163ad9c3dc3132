package dev.manicule.server.routing;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Header;
import dev.manicule.server.http.Request;
import java.util.List;
import java.util.Set;

/**
 * Decides which web pages may use which routes. A browser sends requests of any page, by images and forms too, and
 * names the page: in {@code Origin} where the page could read the answer, and otherwise, for pages elsewhere, in
 * {@code Sec-Fetch-Site} (over TLS and on loopback) or {@code Referer}. A request without these fields comes from no
 * page, or from one of this server.
 */
final class PageOrigins implements Step {
    /** The values that browsers send for this server's own pages, and for addresses that a person has typed. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    @Override
    public void take(ApiRequest request) {
        if (welcomes(request.route(), request.keyset(), request.request(), request.exchange())) {
            request.proceed();
        } else {
            request.refuse(403, "Pages of this origin may not use this keyset");
        }
    }

    /** Whether the page that a request comes from may send it; also sets which pages may read the answer. */
    static boolean welcomes(Route route, Keyset keyset, Request request, Exchange exchange) {
        if (route.has(Route.Trait.SAME_ORIGIN_ONLY)) {
            exchange.allowNoOrigin();
            return isOwn(request);
        }
        List<String> origins = keyset.policy().corsOrigins();
        if (origins.isEmpty()) {
            return true;
        }
        String origin = request.header(Header.ORIGIN);
        boolean isListed = origin != null && origins.contains(origin);
        exchange.allowOrigin(isListed ? origin : null);
        return isListed || (origin == null && isQuiet(request, origins));
    }

    /** Whether a request comes from a page of this server, or from none. */
    private static boolean isOwn(Request request) {
        String site = request.header(Header.SEC_FETCH_SITE);
        return site == null ? request.header(Header.ORIGIN) == null : OWN_SITES.contains(site);
    }

    /** Whether a request without an origin comes from no page that is not listed. */
    private static boolean isQuiet(Request request, List<String> origins) {
        String site = request.header(Header.SEC_FETCH_SITE);
        if (site != null) {
            return OWN_SITES.contains(site);
        }
        String referer = request.header(Header.REFERER);
        return referer == null || origins.contains(origin(referer));
    }

    /** The origin of an address: all before the path; empty when it has none. */
    private static String origin(String address) {
        int authority = address.indexOf("://");
        if (authority < 0) {
            return "";
        }
        int path = address.indexOf('/', authority + 3);
        return path < 0 ? address : address.substring(0, path);
    }
}
