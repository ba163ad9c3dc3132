package dev.manicule.server.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * JSON being written, as UTF-8 bytes in one growing array. The caller writes the punctuation; strings are quoted here.
 * For one thread.
 */
public final class JsonText {
    private byte[] bytes;
    private int length;

    public JsonText() {
        this(256);
    }

    /** With room for this many bytes; it grows when needed. */
    public JsonText(int capacity) {
        bytes = new byte[capacity];
    }

    /** Appends text that is ASCII and already JSON, such as a brace and a name. */
    @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) is the one copy without an encoder; text is ASCII
    public JsonText raw(String ascii) {
        int size = ascii.length();
        room(size);
        ascii.getBytes(0, size, bytes, length);
        length += size;
        return this;
    }

    /** Appends bytes that are already JSON. */
    public JsonText raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    /** Appends {@code size} bytes of {@code json}, from {@code offset} on, that are already JSON. */
    public JsonText raw(byte[] json, int offset, int size) {
        room(size);
        System.arraycopy(json, offset, bytes, length, size);
        length += size;
        return this;
    }

    /** Appends a value as it was sent. */
    public JsonText raw(Json json) {
        return raw(json.utf8());
    }

    /** Appends a whole number. */
    public JsonText number(long value) {
        return raw(Long.toString(value));
    }

    /** Appends a whole number in quotes, the form that timetokens have in most places of the wire. */
    public JsonText quoted(long value) {
        return raw("\"").number(value).raw("\"");
    }

    /** Appends a string in quotes, escaped where JSON requires it. */
    public JsonText quoted(String text) {
        return isPlain(text)
                ? raw("\"").raw(text).raw("\"")
                : raw("\"").raw(JsonStringEncoder.getInstance().quoteAsUTF8(text)).raw("\"");
    }

    /** Whether a text is the same in JSON: ASCII, nothing to escape. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
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

    /** Appends a list of strings, each in quotes. */
    public JsonText quoted(Collection<String> texts) {
        raw("[");
        String comma = "";
        for (String text : texts) {
            raw(comma).quoted(text);
            comma = ",";
        }
        return raw("]");
    }

    /** A string in quotes as bytes of its own. */
    public static byte[] quote(String text) {
        return new JsonText(text.length() + 8).quoted(text).toBytes();
    }

    /** How many bytes there are so far. */
    public int length() {
        return length;
    }

    /** The text so far, in an array of just its size. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private void room(int size) {
        if (bytes.length - length < size) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, size)));
        }
    }
}
