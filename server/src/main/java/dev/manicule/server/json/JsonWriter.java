package dev.manicule.server.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * Writes one JSON value, as UTF-8 without white space, into a growing array. The writer sets commas, colons and
 * brackets, and throws when a call does not fit its place: a value without a name in an object, an end of nothing. For
 * one thread.
 *
 * <p>Methods with a name first write a member of an object, the others an element of an array, the value after
 * {@link #name}, or the outermost value.
 */
public final class JsonWriter {
    private static final int DEFAULT_CAPACITY = 256;
    private static final byte[] NOTHING = {};
    /** Nothing is open. */
    private static final long OUTERMOST = 1;
    /** One object is open. */
    private static final long ONE_OBJECT = OUTERMOST << 1;

    private byte[] bytes;
    private int length;
    /**
     * A bit for each open object or array, the innermost lowest: 1 is an array. Above them stands a 1 for the outermost
     * value, which, like an element, has no name. So 63 can be open.
     */
    private long open = OUTERMOST;
    /** Whether a value precedes the next one in the same object or array. */
    private boolean isCommaDue;
    /** Whether a name awaits its value. */
    private boolean isNamed;

    /** A writer for a short value. */
    public JsonWriter() {
        this(DEFAULT_CAPACITY);
    }

    /** A writer with room for this many bytes; it makes more when needed. */
    public JsonWriter(int capacity) {
        bytes = new byte[capacity];
    }

    /** Begins an object. */
    public JsonWriter object() {
        beginValue();
        return begin('{', 0);
    }

    /** Begins an object that is a member. */
    public JsonWriter object(String name) {
        beginMember(name);
        return begin('{', 0);
    }

    /** Begins an array. */
    public JsonWriter array() {
        beginValue();
        return begin('[', 1);
    }

    /** Begins an array that is a member. */
    public JsonWriter array(String name) {
        beginMember(name);
        return begin('[', 1);
    }

    /** Begins an object on a new line: for lists that people read too. */
    public JsonWriter objectOnNewLine() {
        beginValue();
        append('\n');
        return begin('{', 0);
    }

    /**
     * Continues an object.
     *
     * @param stored its members so far, as {@link #toOpenBytes} returned them
     */
    public JsonWriter openObject(byte[] stored) {
        beginValue();
        append(stored);
        push(0);
        isCommaDue = stored.length > 1;
        return this;
    }

    /** Ends the innermost object or array. */
    public JsonWriter end() {
        if (open == OUTERMOST || isNamed) {
            throw misuse("nothing can end here");
        }
        append(isInArray() ? ']' : '}');
        open >>>= 1;
        return ended();
    }

    /** Writes the name of the next value. It is a constant: ASCII without anything to escape. */
    public JsonWriter name(String name) {
        beginMember(name);
        isNamed = true;
        return this;
    }

    /** Writes the name of the next value. It can be any text, such as the name of a channel. */
    public JsonWriter nameOf(String text) {
        if (isPlain(text)) {
            return name(text);
        }
        throwUnlessNameIsDue();
        if (isCommaDue) {
            append(',');
        }
        escape(text);
        append(':');
        isNamed = true;
        return this;
    }

    /** Writes a text, escaped where JSON requires it. */
    public JsonWriter value(String text) {
        beginValue();
        return text(text);
    }

    /** Writes a whole number. */
    public JsonWriter number(long value) {
        beginValue();
        return digits(value);
    }

    /** Writes a whole number in quotes, the form that timetokens have in most places of the wire. */
    public JsonWriter quoted(long value) {
        beginValue();
        return quotedDigits(value);
    }

    /** Writes true or false. */
    public JsonWriter value(boolean value) {
        beginValue();
        return literal(String.valueOf(value));
    }

    /** Writes null. */
    public JsonWriter nul() {
        beginValue();
        return literal("null");
    }

    /** Writes a value as it was sent. */
    public JsonWriter value(Json json) {
        return json(json.utf8());
    }

    /** Writes bytes that are one JSON value. */
    public JsonWriter json(byte[] value) {
        beginValue();
        append(value);
        return ended();
    }

    /** Writes an array of texts. */
    public JsonWriter strings(Collection<String> texts) {
        array();
        for (String text : texts) {
            value(text);
        }
        return end();
    }

    /** Writes a member that is a text. */
    public JsonWriter member(String name, String text) {
        beginMember(name);
        return text(text);
    }

    /** Writes a member that is a whole number. */
    public JsonWriter member(String name, long number) {
        beginMember(name);
        return digits(number);
    }

    /** Writes a member that is a whole number in quotes. */
    public JsonWriter quoted(String name, long number) {
        beginMember(name);
        return quotedDigits(number);
    }

    /** Writes a member that is true or false. */
    public JsonWriter member(String name, boolean value) {
        beginMember(name);
        return literal(String.valueOf(value));
    }

    /** Writes a member whose value is as it was sent. */
    public JsonWriter member(String name, Json json) {
        beginMember(name);
        append(json.utf8());
        return ended();
    }

    /** Writes a member that is an array of texts. */
    public JsonWriter strings(String name, Collection<String> texts) {
        return name(name).strings(texts);
    }

    /** The number of bytes that {@link #takeBytes} would return. */
    public int length() {
        return length;
    }

    /**
     * The whole value, in an array of just its size.
     *
     * @throws IllegalStateException when it has not ended
     */
    public byte[] toBytes() {
        throwUnlessWhole();
        return Arrays.copyOf(bytes, length);
    }

    /**
     * The whole value and a line break.
     *
     * @throws IllegalStateException when it has not ended
     */
    public byte[] toLine() {
        throwUnlessWhole();
        byte[] line = Arrays.copyOf(bytes, length + 1);
        line[length] = '\n';
        return line;
    }

    /**
     * An object that has not ended, and so lacks its brace: members can be added by {@link #openObject}.
     *
     * @throws IllegalStateException when it has ended, or when anything in it has not
     */
    public byte[] toOpenBytes() {
        if (open != ONE_OBJECT || isNamed) {
            throw misuse("not one open object");
        }
        return Arrays.copyOf(bytes, length);
    }

    /**
     * The whole of an object that has not ended.
     *
     * @param open its members, as {@link #toOpenBytes} returned them
     */
    public static byte[] closed(byte[] open) {
        byte[] whole = Arrays.copyOf(open, open.length + 1);
        whole[open.length] = '}';
        return whole;
    }

    /**
     * Takes out what was written since the last call: for a value that is sent in parts. What is written next continues
     * it. The writer holds no memory in between.
     */
    public byte[] takeBytes() {
        byte[] taken = Arrays.copyOf(bytes, length);
        bytes = NOTHING;
        length = 0;
        return taken;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Sets the comma before a value. */
    private void beginValue() {
        if (isNamed) {
            isNamed = false;
            return;
        }
        if (!isInArray()) {
            throw misuse("a value without a name");
        }
        if (isCommaDue) {
            if (open == OUTERMOST) {
                throw misuse("a second value");
            }
            append(',');
        }
    }

    /** Writes a plain name, and what stands around it. */
    private void beginMember(String name) {
        assert isPlain(name) : name;
        throwUnlessNameIsDue();
        int size = name.length();
        byte[] to = room(size + 4);
        int at = length;
        if (isCommaDue) {
            to[at++] = ',';
        }
        to[at++] = '"';
        for (int i = 0; i < size; i++) { // a loop that the compiler unrolls: most names are short constants
            to[at++] = (byte) name.charAt(i);
        }
        to[at] = '"';
        to[at + 1] = ':';
        length = at + 2;
    }

    private void throwUnlessNameIsDue() {
        if (isInArray() || isNamed) {
            throw misuse("a name without its object");
        }
    }

    private JsonWriter begin(char bracket, int array) {
        append(bracket);
        push(array);
        isCommaDue = false;
        return this;
    }

    private void push(int array) {
        if (open < 0) {
            throw misuse("too deep");
        }
        open = open << 1 | array;
    }

    /** Whether the next value has no name. */
    private boolean isInArray() {
        return (open & 1) != 0;
    }

    private JsonWriter text(String text) {
        int size = text.length();
        byte[] to = room(size + 2);
        int at = length;
        to[at++] = '"';
        for (int i = 0; i < size; i++) { // checked and copied in one pass
            char c = text.charAt(i);
            if (!isPlain(c)) {
                escape(text);
                return ended();
            }
            to[at++] = (byte) c;
        }
        to[at] = '"';
        length = at + 1;
        return ended();
    }

    private JsonWriter digits(long value) {
        if (value < 0 || value > 9) {
            return literal(Long.toString(value));
        }
        append((char) ('0' + value));
        return ended();
    }

    private JsonWriter literal(String ascii) {
        int size = ascii.length();
        copy(ascii, size, room(size), length);
        length += size;
        return ended();
    }

    private JsonWriter quotedDigits(long value) {
        String text = Long.toString(value);
        int size = text.length();
        byte[] to = room(size + 2);
        int at = length;
        to[at] = '"';
        copy(text, size, to, at + 1);
        to[at + size + 1] = '"';
        length = at + size + 2;
        return ended();
    }

    private JsonWriter ended() {
        isCommaDue = true;
        return this;
    }

    private void append(char ascii) {
        room(1)[length++] = (byte) ascii;
    }

    private void append(byte[] json) {
        System.arraycopy(json, 0, room(json.length), length, json.length);
        length += json.length;
    }

    /** Appends any text in quotes. */
    private void escape(String text) {
        append('"');
        append(JsonStringEncoder.getInstance().quoteAsUTF8(text));
        append('"');
    }

    @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) is the one copy without an encoder; text is ASCII
    private static void copy(String ascii, int size, byte[] to, int at) {
        ascii.getBytes(0, size, to, at);
    }

    /** Whether a text is the same in JSON. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a character is the same in JSON: ASCII, nothing to escape. */
    private static boolean isPlain(char c) {
        return c >= ' ' && c <= '~' && c != '"' && c != '\\';
    }

    /** The array, with room for this many bytes at its end. */
    private byte[] room(int size) {
        if (bytes.length - length < size) {
            grow(size);
        }
        return bytes;
    }

    private void grow(int size) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, size)));
    }

    private void throwUnlessWhole() {
        if (open != OUTERMOST || !isCommaDue) {
            throw misuse("not one whole value");
        }
    }

    private IllegalStateException misuse(String what) {
        return new IllegalStateException(what + ", at the end of " + this);
    }
}
