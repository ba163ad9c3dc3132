package dev.manicule.server.access;

import java.util.List;

/**
 * The rejection of a request that is not allowed.
 *
 * @param status of HTTP: 400 when the request can't be judged, 403 when it was
 * @param message for people
 * @param channels the channels without the permission; mostly none are named when the message says enough
 * @param groups likewise
 * @param uuids likewise
 */
public record Denial(int status, String message, List<String> channels, List<String> groups,
        List<String> uuids)
        implements
            Access.Entry {
    static final Denial INVALID_TIMESTAMP = new Denial(400, "Invalid Timestamp");
    static final Denial BAD_SIGNATURE = new Denial(403, "Signature does not match");
    static final Denial BAD_TOKEN = new Denial(403, "Token is invalid");
    static final Denial EXPIRED = new Denial(403, "Token is expired");
    static final Denial REVOKED = new Denial(403, "Token is revoked");
    static final Denial OTHER_UUID = new Denial(403, "Token is for another uuid");

    Denial(int status, String message) {
        this(status, message, List.of(), List.of(), List.of());
    }
}
