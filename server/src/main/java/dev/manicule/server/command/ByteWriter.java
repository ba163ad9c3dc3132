package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Range;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Writes byte forms into one growing array, to be cleared and used again. Numbers have their highest byte first. A
 * value has one form only. For one thread.
 */
public final class ByteWriter {
    private static final VarHandle INTEGER = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle NUMBER = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int FIRST_CAPACITY = 512;
    /** A larger array is not held on to, in bytes. */
    private static final int MOST_KEPT = 1 << 20;
    /** Each byte of a size has so many bits of it, and one bit that says whether another byte follows. */
    private static final int BITS_OF_SIZE = 7;
    private static final int MOST_BYTES_OF_SIZE = 5;

    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int length;

    /** An empty one. */
    public ByteWriter() {}

    /** Makes it empty, to be used again. */
    public void clear() {
        length = 0;
        if (bytes.length > MOST_KEPT) {
            bytes = new byte[FIRST_CAPACITY];
        }
    }

    /** How many bytes there are, 0 to {@link Integer#MAX_VALUE}. */
    public int length() {
        return length;
    }

    /** The array that the bytes are at the beginning of, {@link #length} of them; until something is written. */
    public byte[] array() {
        return bytes;
    }

    /** A copy of the bytes. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Takes off the end. */
    void cutTo(int lower) {
        length = lower;
    }

    /** Appends one byte: the kind of what follows, or a set of flags, 0 to 255. */
    void octet(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    /** Appends one byte, 1 for true. */
    void flag(boolean value) {
        octet(value ? 1 : 0);
    }

    /** Appends four bytes. */
    void integer(int value) {
        room(Integer.BYTES);
        INTEGER.set(bytes, length, value);
        length += Integer.BYTES;
    }

    /** Appends eight bytes. */
    void number(long value) {
        room(Long.BYTES);
        NUMBER.set(bytes, length, value);
        length += Long.BYTES;
    }

    /** Appends a size, 0 or more, in as few bytes as it needs, the lowest seven bits first. */
    void size(int value) {
        room(MOST_BYTES_OF_SIZE);
        int left = value;
        while (left >= 1 << BITS_OF_SIZE) {
            bytes[length++] = (byte) (left | 1 << BITS_OF_SIZE);
            left >>>= BITS_OF_SIZE;
        }
        bytes[length++] = (byte) left;
    }

    /** Appends bytes whose number the reader knows. */
    void octets(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /** Appends the text of a value, with its size. */
    void json(Json value) {
        size(value.utf8().length);
        octets(value.utf8());
    }

    /**
     * Appends a text as UTF-8, with its size in bytes.
     *
     * @throws IllegalArgumentException if half of a surrogate pair stands alone in it, which UTF-8 has no form for. No
     *         request can bring such a text into a command: where it is decoded, it is checked.
     */
    @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) is the one copy without an encoder; text is ASCII
    void text(String value) {
        int chars = value.length();
        int size = utf8Length(value);
        size(size);
        room(size);
        if (size == chars) {
            value.getBytes(0, chars, bytes, length);
            length += size;
        } else {
            utf8(value);
        }
    }

    /** Appends a list of texts, with its size. */
    void texts(List<String> values) {
        size(values.size());
        for (String value : values) {
            text(value);
        }
    }

    /** Appends a channel: keyset and name. */
    void channel(Channel value) {
        text(value.keyset());
        text(value.name());
    }

    /** Appends an entity: its kind, keyset and name. */
    void entity(EntityId value) {
        octet(value.kind().code());
        text(value.keyset());
        text(value.name());
    }

    /** Appends a group: keyset and name. */
    void group(ChannelGroup value) {
        text(value.keyset());
        text(value.name());
    }

    /** Appends a device: keyset, code of the gateway, topic and token. */
    void device(PushDevice value) {
        text(value.keyset());
        octet(value.gateway().code());
        text(value.topic());
        text(value.token());
    }

    /** Appends a range: its ends, and from which one it is read. */
    void range(Range value) {
        number(value.from());
        number(value.to());
        flag(value.newest());
    }

    private static int utf8Length(String value) {
        long size = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 0x80) {
                size++;
            } else if (c < 0x800) {
                size += 2;
            } else if (!Character.isSurrogate(c)) {
                size += 3;
            } else if (i + 1 < value.length() && Character.isSurrogatePair(c, value.charAt(i + 1))) {
                size += 4;
                i++;
            } else {
                throw new IllegalArgumentException("half of a surrogate pair stands alone in a text");
            }
        }
        return Math.toIntExact(size);
    }

    private void utf8(String value) {
        for (int i = 0; i < value.length(); i++) {
            int point = value.codePointAt(i);
            if (point < 0x80) {
                bytes[length++] = (byte) point;
            } else if (point < 0x800) {
                bytes[length++] = (byte) (0xC0 | point >> 6);
                bytes[length++] = tail(point, 0);
            } else if (point < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
                bytes[length++] = (byte) (0xE0 | point >> 12);
                bytes[length++] = tail(point, 6);
                bytes[length++] = tail(point, 0);
            } else {
                bytes[length++] = (byte) (0xF0 | point >> 18);
                bytes[length++] = tail(point, 12);
                bytes[length++] = tail(point, 6);
                bytes[length++] = tail(point, 0);
                i++;
            }
        }
    }

    private static byte tail(int point, int shift) {
        return (byte) (0x80 | ((point >> shift) & 0x3F));
    }

    private void room(int size) {
        if (bytes.length - length < size) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, size)));
        }
    }
}
