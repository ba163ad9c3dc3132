package dev.manicule.server.http;

/** The header fields of requests that endpoints and checks read. */
public enum Header {
    /** The types of content that the client takes. */
    ACCEPT("Accept"),
    /** The header fields that a preflight of a browser requests, with commas between them. */
    ACCESS_CONTROL_REQUEST_HEADERS("Access-Control-Request-Headers"),
    /** The client's key for the request, so that it can repeat it. */
    IDEMPOTENCY_KEY("Idempotency-Key"),
    /** The tag that the resource must have for a change to be made. */
    IF_MATCH("If-Match"),
    /** The tag or the time of what the client has a part of. */
    IF_RANGE("If-Range"),
    /** The tags of what the client has kept of the same resource. */
    IF_NONE_MATCH("If-None-Match"),
    /** The id of the last event that a client reconnecting to a stream has received. */
    LAST_EVENT_ID("Last-Event-ID"),
    /** The origin of the web page that sends the request; only browsers send it. */
    ORIGIN("Origin"),
    /** The part of a resource that the client requests. */
    RANGE("Range"),
    /** The address of that page. */
    REFERER("Referer"),
    /** The id of the request in logs, from the client or a proxy. */
    REQUEST_ID("X-Request-Id"),
    /** The relation of the page that sends the request to this server, by the browser. */
    SEC_FETCH_SITE("Sec-Fetch-Site"),
    /** The span of a trace that the request is a part of, in the format of the W3C. */
    TRACEPARENT("traceparent");

    private final String field;

    Header(String field) {
        this.field = field;
    }

    /** The name of the field, whose case does not matter. */
    public String field() {
        return field;
    }
}
