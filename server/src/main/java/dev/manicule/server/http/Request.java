package dev.manicule.server.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came in, its body whole. The path and the query are raw, as sent: each non-ASCII
 * character of them stands for one byte.
 *
 * @param method such as {@code GET}, in the case it was sent
 * @param path up to the question mark
 * @param query after the question mark, empty when there is none
 * @param sentBody the body as it was sent; empty when there was none
 * @param lastEventId the id of the last event that a client reconnecting to a stream has received, null when not sent
 * @param webSocketKey the key of a client that requests a WebSocket, null when it requests none
 * @param client the address that it comes from: of the connection, or, where a trusted proxy says so, another
 * @param origin the origin of the web page that sends it, null when no browser sends one
 * @param fetchSite the relation of that page to this server, by the browser ({@code Sec-Fetch-Site}); null when no
 *        browser sends it
 * @param referer the address of that page, null when not sent
 * @param idempotencyKey the client's key for this request, so that it can repeat it; null when it sends none
 * @param id its id in logs, from the client or a proxy; null when neither sends one
 * @param traceparent the span of a trace that it is a part of, in the format of the W3C; null when none is sent
 * @param corsHeaders the header fields that a preflight of a browser requests, with commas between them; null when it
 *        requests none
 * @param wantsPage whether it is a browser's request for a page
 */
public record Request(String method, String path, String query, Body sentBody, @Nullable String lastEventId,
        @Nullable String webSocketKey, InetAddress client, @Nullable String origin, @Nullable String fetchSite,
        @Nullable String referer, @Nullable String idempotencyKey, @Nullable String id, @Nullable String traceparent,
        @Nullable String corsHeaders, boolean wantsPage) {
    /** The body without its encoding; see {@link Body#bytes}. */
    public byte[] body() {
        return sentBody.bytes();
    }

    /** The fault of the body; see {@link Body#fault}. */
    public @Nullable BodyFault fault() {
        return sentBody.fault();
    }

    /** Why a body could not be taken. */
    public enum BodyFault {
        /** It is larger than the limit. */
        TOO_LARGE,
        /** It is larger than the limit when it is unpacked. */
        INFLATES_TOO_LARGE,
        /** It is marked as compressed, and is not, or is cut short. */
        BAD_COMPRESSION,
        /** It is encoded in a way that this server does not know. */
        UNKNOWN_ENCODING
    }
}
