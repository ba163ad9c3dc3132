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
 * @param headers the header fields that the server reads
 * @param webSocketKey the key of a client that requests a WebSocket, null when it requests none
 * @param client the address that it comes from: of the connection, or, where a trusted proxy says so, another
 */
public record Request(String method, String path, String query, Body sentBody, Headers headers,
        @Nullable String webSocketKey, InetAddress client) {
    /** A header field; null when it was not sent. */
    public @Nullable String header(Header header) {
        return headers.get(header);
    }

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
