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
 * @param lastEventId the id of the last event that somebody has who comes back to a stream, null when not said
 * @param webSocketKey what the client sends who wants a WebSocket, null when it wants none
 * @param client the address that it comes from: of the connection, or, where a trusted proxy says so, another
 * @param origin the web page whose browser sends it, null when none says so
 * @param fetchSite how that page stands to this server, in the browser's words ({@code Sec-Fetch-Site}); null when no
 *        browser says it
 * @param referer the address of that page, null when not said
 * @param idempotencyKey what the client calls this request, so as to be able to repeat it; null when it says nothing
 * @param id what the client, or a proxy, calls it in logs; null when nobody says anything
 * @param traceparent the span of a trace that it is a part of, as the W3C has it; null when nobody says anything
 * @param corsHeaders the header fields that a browser asks a preflight for, with commas between them; null when it asks for none
 * @param wantsPage whether it is a browser that asks for a page
 */
public record Request(String method, String path, String query, Body sentBody, @Nullable String lastEventId,
        @Nullable String webSocketKey, InetAddress client, @Nullable String origin, @Nullable String fetchSite,
        @Nullable String referer, @Nullable String idempotencyKey, @Nullable String id, @Nullable String traceparent,
        @Nullable String corsHeaders, boolean wantsPage) {
    /** The body without its encoding; see {@link Body#bytes}. */
    public byte[] body() {
        return sentBody.bytes();
    }

    /** What is wrong with the body; see {@link Body#fault}. */
    public @Nullable BodyFault fault() {
        return sentBody.fault();
    }

    /** Why a body could not be taken. */
    public enum BodyFault {
        /** It is larger than the limit. */
        TOO_LARGE,
        /** It is larger than the limit when it is unpacked. */
        INFLATES_TOO_LARGE,
        /** It says that it is compressed, and is not, or is cut short. */
        BAD_COMPRESSION,
        /** It is encoded in a way that this server does not know. */
        UNKNOWN_ENCODING
    }
}
