package dev.manicule.client.internal;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The path of a request, encoded. */
public final class Path {
    private static final String HEX = "0123456789ABCDEF";
    /** Stands in a path for a list without names. */
    private static final String NO_NAMES = ",";

    private final String text;

    private Path(String text) {
        this.text = text;
    }

    /**
     * A path of these segments, each of them encoded.
     *
     * @param segments texts, timetokens, or lists of names, which become one segment with commas
     */
    public static Path of(Object... segments) {
        return new Path("").and(segments);
    }

    /** This path and more segments. */
    public Path and(Object... segments) {
        StringBuilder path = new StringBuilder(text);
        for (Object segment : segments) {
            path.append('/').append(segment instanceof List<?> names ? names(names) : encode(String.valueOf(segment)));
        }
        return new Path(path.toString());
    }

    private static String names(List<?> names) {
        return names.isEmpty()
                ? NO_NAMES
                : names.stream().map(name -> encode(String.valueOf(name))).collect(Collectors.joining(","));
    }

    /** Encodes a segment of a path, or a value of a query: all but unreserved characters, as UTF-8. */
    static String encode(String text) {
        int plain = 0;
        while (plain < text.length() && isUnreserved(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : Unicode.checked(text, "a part of the address").getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (isUnreserved(c)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return encoded.toString();
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
                || c == '.' || c == '~';
    }

    /** The path, with a slash in front. */
    @Override
    public String toString() {
        return text;
    }
}
