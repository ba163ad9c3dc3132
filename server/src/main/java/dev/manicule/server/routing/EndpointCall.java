package dev.manicule.server.routing;

import dev.manicule.server.http.Response;

/** Hands a request over to its endpoint. */
final class EndpointCall implements Step {
    /** The response to a HEAD of a route that has an effect. */
    private static final Response NO_BODY = Response.json(200, new byte[0]);

    @Override
    public void take(ApiRequest request) {
        Route route = request.route();
        if (route.has(Route.Trait.WITHOUT_HEAD) && request.request().method().equals("HEAD")) {
            request.respond(NO_BODY);
            return;
        }
        try {
            route.endpoint().serve(request);
        } catch (RuntimeException | Error e) {
            request.fail(route.method() + " " + route.path(), e, "Internal error");
        }
    }
}
