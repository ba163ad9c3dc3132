package dev.manicule.server.routing;

/** Decodes the path and the query, once for all that reads them. */
final class AddressDecoding implements Step {
    @Override
    public void take(ApiRequest request) {
        PathPattern.Values path = request.route().path().values(request.match().segments());
        QueryParameters query = QueryParameters.parse(request.request().query());
        if (path == null || query == null) {
            request.refuse(400, "The " + (path == null ? "path" : "query") + " is not percent-encoded UTF-8");
        } else {
            request.decoded(path, query);
            request.proceed();
        }
    }
}
