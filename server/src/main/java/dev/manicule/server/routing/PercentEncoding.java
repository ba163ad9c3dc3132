package dev.manicule.server.routing;

import dev.manicule.server.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Percent-encoding, as paths and queries have it. */
public final class PercentEncoding {
    private static final String UNRESERVED = "-_.~";

    private PercentEncoding() {}

    /**
     * Decodes once, as UTF-8. A plus is a plus, in queries too: clients of the protocol send a space as {@code %20}, and
     * some of them send the plus of a phone number as it is.
     *
     * @param raw each non-ASCII character of it stands for one byte
     * @return null when an escape is malformed or the bytes are not UTF-8
     */
    public static @Nullable String decode(String raw) {
        if (isPlain(raw)) {
            return raw;
        }
        byte[] bytes = bytes(raw);
        return bytes == null ? null : JsonReader.utf8(bytes);
    }

    /** Decodes once, as UTF-8 or else as Latin-1; null when an escape is malformed. */
    public static @Nullable String decodeEither(String raw) {
        byte[] bytes = bytes(raw);
        String text = bytes == null ? null : JsonReader.utf8(bytes);
        return text == null && bytes != null ? new String(bytes, StandardCharsets.ISO_8859_1) : text;
    }

    private static byte @Nullable [] bytes(String raw) {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                if (i + 2 >= raw.length()) {
                    return null;
                }
                int high = Character.digit(raw.charAt(i + 1), 16);
                int low = Character.digit(raw.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    return null;
                }
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    /** Encodes all but unreserved characters. */
    public static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c < 128 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' || c >= 128) {
                return false;
            }
        }
        return true;
    }
}
