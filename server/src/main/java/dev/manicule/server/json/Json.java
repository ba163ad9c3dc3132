package dev.manicule.server.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One JSON value as the UTF-8 text it was sent in, known to be valid. It is stored and delivered byte for byte; nothing
 * in the server re-encodes it. Immutable: callers must not change the array.
 *
 * @param utf8 the text, without surrounding white space
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record Json(byte[] utf8) {
    /** A text as JSON: in quotes, escaped where JSON requires it. */
    public static Json ofText(String text) {
        return new Json(new JsonWriter(text.length() + 8).value(text).toBytes());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Json json && Arrays.equals(utf8, json.utf8);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(utf8);
    }

    @Override
    public String toString() {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
