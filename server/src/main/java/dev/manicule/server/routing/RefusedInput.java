package dev.manicule.server.routing;

import dev.manicule.server.http.Handler.Refusal;
import dev.manicule.server.http.Response;

/** The responses to input of a connection that never becomes a request. */
public final class RefusedInput {
    private static final String BALANCER = "Balancer";

    private RefusedInput() {}

    /** The response to bytes that are no request, or that the server does not take now. */
    public static Response response(Refusal refusal) {
        return switch (refusal) {
            case MALFORMED -> ErrorFormat.service("Access Manager", 400, "Could Not Parse Request");
            case UNKNOWN_HOST -> ErrorFormat.service(BALANCER, 421,
                    "This server does not answer to this Host: `hosts` in its configuration names others than localhost");
            case URI_TOO_LONG -> ErrorFormat.service(BALANCER, 414, "Request URI Too Long");
            case HEADERS_TOO_LARGE -> ErrorFormat.service(BALANCER, 431, "Request Header Fields Too Large");
            case OTHER_WEBSOCKET ->
                ErrorFormat
                        .service(ErrorFormat.MANICULE, 426, "A WebSocket here is of version 13 (Sec-WebSocket-Version)")
                        .with("Sec-WebSocket-Version", "13")
                        .with("Upgrade", "websocket")
                        .with("Connection", "Upgrade");
            case WEBSOCKET_WITHOUT_KEY -> ErrorFormat.service(ErrorFormat.MANICULE, 400,
                    "A WebSocket needs one Sec-WebSocket-Key: sixteen bytes in base64");
            case TOO_SLOW -> ErrorFormat.service(BALANCER, 408, "Request Timeout");
            case OVERLOADED -> ErrorFormat.service(BALANCER, 503, "Too much is held for clients")
                    .with("Retry-After", "1");
            case TOO_MANY_CONNECTIONS ->
                ErrorFormat.service(BALANCER, 503, "Too many connections").with("Retry-After", "1");
        };
    }
}
