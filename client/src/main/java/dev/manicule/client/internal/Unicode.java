package dev.manicule.client.internal;

import java.util.HexFormat;

/**
 * Text that can be sent. Half of a surrogate pair that stands alone has no bytes in UTF-8: Java sends a question mark
 * for it, and two names become one.
 */
public final class Unicode {
    private Unicode() {}

    /**
     * Returns a text.
     *
     * @param name what the text is, for the message
     * @throws IllegalArgumentException when half of a surrogate pair stands alone in it
     */
    public static String checked(String text, String name) {
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (Character.getType(c) == Character.SURROGATE) { // half of a pair is its own code point
                throw refused(name, (char) c, i);
            }
        }
        return text;
    }

    /** The same of a text that is JSON, in which characters may stand as escapes. */
    public static String checkedJson(String json, String name) {
        if (checked(json, name).indexOf('\\') < 0) {
            return json;
        }
        char half = 0; // the first half, by an escape that has just been
        for (int i = 0; i < json.length(); i++) {
            boolean isEscape = json.charAt(i) == '\\';
            boolean isUnicode = isEscape && json.charAt(i + 1) == 'u';
            char c = isUnicode ? (char) HexFormat.fromHexDigits(json, i + 2, i + 6) : 0;
            if (half != 0 && !Character.isLowSurrogate(c)) {
                throw refused(name, half, i - 6);
            }
            if (half == 0 && Character.isLowSurrogate(c)) {
                throw refused(name, c, i);
            }
            half = Character.isHighSurrogate(c) ? c : 0;
            i += isUnicode ? 5 : isEscape ? 1 : 0;
        }
        return json; // it ends with a quote where it has escapes, and not with half of a pair
    }

    private static IllegalArgumentException refused(String name, char half, int index) {
        return new IllegalArgumentException(
                "%s holds half of a surrogate pair, \\u%04x, at character %d, which is no text"
                        .formatted(name, (int) half, index + 1));
    }
}
