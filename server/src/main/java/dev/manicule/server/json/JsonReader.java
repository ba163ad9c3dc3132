package dev.manicule.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that a client sent: nothing in it is trusted, and nothing in it makes this throw. Text must be UTF-8, one
 * value and no more, at most {@value #DEEPEST} levels deep.
 */
public final class JsonReader {
    /**
     * How deep a value may be. Answers put it a few levels deeper, and some parsers of clients end at 255, others at a
     * thousand: no client may publish messages that others can't read.
     */
    public static final int DEEPEST = 200;
    /** Names are not kept in a table between parsers: strangers could fill it, or make it slow. */
    private static final JsonFactory FACTORY = factory(DEEPEST);
    /** For JSON that was checked before, and may be in an envelope now. */
    private static final JsonFactory ENVELOPE_FACTORY = factory(DEEPEST + 10);

    /** Stands for a member that is neither a string nor a whole number. */
    public static final Object OTHER = new Object();

    private JsonReader() {}

    private static JsonFactory factory(int deepest) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(deepest).build())
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }

    /**
     * The value in {@code bytes}, without the white space around it, or null when they are not one valid JSON value, or one
     * that many clients can't read: half of a surrogate pair stands alone in it, written as an escape.
     */
    public static @Nullable Json value(byte[] bytes) {
        String text = utf8(bytes);
        return text == null || !isJson(text) || hasHalfPair(text) ? null : new Json(trimmed(bytes));
    }

    /** How many bytes a text takes in UTF-8. */
    public static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Whether {@code bytes} are one valid JSON value, perhaps with half of a surrogate pair. */
    public static boolean isJson(byte[] bytes) {
        String text = utf8(bytes);
        return text != null && isJson(text);
    }

    private static boolean isJson(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether half of a surrogate pair stands alone among the escapes of a text, JSON or not. */
    public static boolean hasHalfPair(String text) {
        if (text.indexOf('\\') < 0) {
            return false;
        }
        boolean isHalf = false; // the first half has just been read
        for (int i = 0; i < text.length(); i++) {
            boolean isEscape = text.charAt(i) == '\\';
            boolean isUnicode = isEscape && isUnicodeEscape(text, i);
            char c = isUnicode ? (char) HexFormat.fromHexDigits(text, i + 2, i + 6) : 'x';
            if (isHalf != Character.isLowSurrogate(c)) {
                return true;
            }
            isHalf = Character.isHighSurrogate(c);
            i += isUnicode ? 5 : isEscape ? 1 : 0;
        }
        return isHalf;
    }

    /** Whether a text can be encoded for other clients: no half of a surrogate pair stands alone in it. */
    public static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static boolean isUnicodeEscape(String text, int backslash) {
        int end = backslash + 6;
        if (end > text.length() || text.charAt(backslash + 1) != 'u') {
            return false;
        }
        int at = backslash + 2;
        while (at < end && HexFormat.isHexDigit(text.charAt(at))) {
            at++;
        }
        return at == end;
    }

    /**
     * The members of the JSON object in {@code bytes}: a string as itself, a whole number that fits as a {@link Long},
     * anything else as {@link #OTHER}. Null when the bytes are not one valid JSON object. Of a member that comes twice
     * the last counts, as in most parsers.
     */
    public static @Nullable Map<String, Object> members(byte[] bytes) {
        String text = utf8(bytes);
        if (text == null) {
            return null;
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            Map<String, Object> members = new HashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, scalar(parser));
                parser.skipChildren();
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                return null;
            }
            return members;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * The value in {@code bytes}: a {@link String}, a {@link Double}, a {@link Boolean}, a {@link List} or a
     * {@link Map} with text as keys; null for the JSON null, and for bytes that are not JSON. It may be a little deeper
     * than others.
     */
    public static @Nullable Object tree(byte[] bytes) {
        try (JsonParser parser = ENVELOPE_FACTORY.createParser(bytes)) {
            parser.nextToken();
            return tree(parser, new int[]{Integer.MAX_VALUE});
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Some members of the JSON object in {@code bytes}, each as {@link #tree(byte[])} returns it; others are ignored.
     * Null when it is no JSON object, or when they are more than {@code mostValues} values in all: a value of two bytes
     * takes fifty in memory.
     */
    public static @Nullable Map<String, @Nullable Object> trees(byte[] bytes, Set<String> names, int mostValues) {
        try (JsonParser parser = ENVELOPE_FACTORY.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            Map<String, @Nullable Object> trees = new HashMap<>();
            int[] left = {mostValues};
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (names.contains(name)) {
                    trees.put(name, tree(parser, left));
                } else {
                    parser.skipChildren();
                }
            }
            return parser.currentToken() == JsonToken.END_OBJECT ? trees : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable Object tree(JsonParser parser, int[] left) throws IOException {
        left[0]--;
        if (left[0] < 0) {
            throw new IOException("more values than are wanted");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new HashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, tree(parser, left));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(tree(parser, left));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> null;
        };
    }

    /**
     * The members of the JSON object in {@code bytes} that are objects themselves, each as it was sent. Null when the
     * bytes are not one valid JSON object.
     */
    public static @Nullable Map<String, Json> objects(byte[] bytes) {
        Map<String, Json> parts = value(bytes) == null ? null : parts(bytes);
        if (parts != null) {
            parts.values().removeIf(part -> part.utf8()[0] != '{');
        }
        return parts;
    }

    /**
     * The members of the JSON object in {@code bytes}, each as it was sent; it may be a little deeper than others, and
     * hold values that {@link #value} rejects. Null when the bytes are not one valid JSON object.
     */
    public static @Nullable Map<String, Json> parts(byte[] bytes) {
        return parts(bytes, new ArrayList<>());
    }

    /**
     * The same; also returns the members that occur more than once, of which the last counts.
     *
     * @param twins receives their names
     */
    public static @Nullable Map<String, Json> parts(byte[] bytes, List<String> twins) {
        String text = utf8(bytes);
        if (text == null) {
            return null;
        }
        try (JsonParser parser = ENVELOPE_FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            Map<String, Json> parts = new HashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                int to = (int) parser.currentLocation().getCharOffset();
                Json part = new Json(trimmed(text.substring(from, to).getBytes(StandardCharsets.UTF_8)));
                if (parts.put(name, part) != null) {
                    twins.add(name);
                }
            }
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null ? parts : null;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * The elements of the JSON array in {@code bytes}, each as it was sent; they are no deeper than in {@link #parts}. Null
     * when the bytes are not one valid JSON array.
     */
    public static @Nullable List<Json> elements(byte[] bytes) {
        String text = utf8(bytes);
        if (text == null) {
            return null;
        }
        try (JsonParser parser = ENVELOPE_FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return null;
            }
            List<Json> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int from = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                int to = (int) parser.currentLocation().getCharOffset();
                elements.add(new Json(trimmed(text.substring(from, to).getBytes(StandardCharsets.UTF_8))));
            }
            return parser.nextToken() == null ? elements : null;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * The JSON object in {@code bytes} with another string in the place of a member's, and all else byte for byte. Of a
     * member that comes twice the last counts. Null when the bytes are not one valid JSON object whose member of this name is
     * a string.
     */
    public static @Nullable Json withString(byte[] bytes, String name, String string) {
        String text = utf8(bytes);
        if (text == null) {
            return null;
        }
        try (JsonParser parser = ENVELOPE_FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            boolean isString = false;
            int from = 0;
            int to = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isMember = parser.currentName().equals(name);
                parser.nextToken();
                int begin = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                if (isMember) {
                    isString = text.charAt(begin) == '"';
                    from = begin;
                    to = (int) parser.currentLocation().getCharOffset();
                }
            }
            return isString && parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null
                    ? new Json((text.substring(0, from) + Json.ofText(string) + text.substring(to))
                            .getBytes(StandardCharsets.UTF_8))
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The text of these bytes, or null when they are not UTF-8. */
    public static @Nullable String utf8(byte[] bytes) {
        if (isAscii(bytes)) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean isAscii(byte[] bytes) {
        int all = 0;
        for (byte b : bytes) {
            all |= b;
        }
        return all >= 0;
    }

    private static Object scalar(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? OTHER
                    : (Object) parser.getLongValue();
            case null, default -> OTHER;
        };
    }

    private static byte[] trimmed(byte[] bytes) {
        int from = 0;
        int to = bytes.length;
        while (from < to && isSpace(bytes[from])) {
            from++;
        }
        while (to > from && isSpace(bytes[to - 1])) {
            to--;
        }
        return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }
}
