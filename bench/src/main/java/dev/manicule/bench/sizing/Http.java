package dev.manicule.bench.sizing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Requests of HTTP/1.1, whole. */
final class Http {
    private Http() {}

    /** Puts a {@code GET} into a buffer. */
    static void get(ByteBuffer out, String target) {
        out.put(get(target, "").getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * A {@code GET}.
     *
     * @param fields further header fields, each with its line end
     */
    static String get(String target, String fields) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
    }

    /** Puts a {@code POST} of JSON, which is ASCII, into a buffer. */
    static void post(ByteBuffer out, String target, String body) {
        out.put(("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
    }
}
