package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Range;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Reads byte forms that {@link ByteWriter} wrote. It trusts no size: before it makes anything, it checks that the bytes
 * for it are there. It rejects bytes that no writer writes, so that what was read has just these bytes as its form. For
 * one thread.
 */
public final class ByteReader {
    private static final VarHandle INTEGER = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle NUMBER = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int BITS_OF_SIZE = 7;
    private static final int MOST_SHIFT = 28;

    private final byte[] bytes;
    private final int end;
    private int at;

    /** A reader of all of an array, which may not be changed until it is done. */
    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** A reader of {@code length} bytes of an array from {@code from} on, which may not be changed until it is done. */
    public ByteReader(byte[] bytes, int from, int length) {
        this.bytes = bytes;
        this.at = Objects.checkFromIndexSize(from, length, bytes.length);
        this.end = from + length;
    }

    /**
     * Makes sure that nothing is left.
     *
     * @throws DamagedFormException if bytes are left
     */
    public void end() throws DamagedFormException {
        if (at != end) {
            throw damaged("bytes are left");
        }
    }

    /** One byte, 0 to 255. */
    int octet() throws DamagedFormException {
        need(1);
        return bytes[at++] & 0xFF;
    }

    /** One byte that is 0 or 1. */
    boolean flag() throws DamagedFormException {
        int value = octet();
        if (value > 1) {
            throw damaged("a flag is neither 0 nor 1");
        }
        return value == 1;
    }

    /** Four bytes. */
    int integer() throws DamagedFormException {
        need(Integer.BYTES);
        int value = (int) INTEGER.get(bytes, at);
        at += Integer.BYTES;
        return value;
    }

    /** Eight bytes. */
    long number() throws DamagedFormException {
        need(Long.BYTES);
        long value = (long) NUMBER.get(bytes, at);
        at += Long.BYTES;
        return value;
    }

    /** The size of what follows, each part of which takes one byte at least: so it is no more than the bytes left. */
    int size() throws DamagedFormException {
        long value = 0;
        int shift = 0;
        int next;
        do {
            next = octet();
            value |= (long) (next & 0x7F) << shift;
            if (shift > MOST_SHIFT || (next == 0 && shift > 0)) {
                throw damaged("a size has more bytes than it needs");
            }
            shift += BITS_OF_SIZE;
        } while (next > 0x7F);
        if (value > end - at) {
            throw damaged("a size is larger than what is left");
        }
        return (int) value;
    }

    /** So many bytes, as an array of their own. */
    byte[] octets(int size) throws DamagedFormException {
        need(size);
        byte[] value = Arrays.copyOfRange(bytes, at, at + size);
        at += size;
        return value;
    }

    /** A value, which is not looked into. */
    Json json() throws DamagedFormException {
        return new Json(octets(size()));
    }

    /** A text. */
    @SuppressWarnings("deprecation") // String(byte[], int, int, int) is the one copy without a decoder; bytes are ASCII
    String text() throws DamagedFormException {
        int size = size();
        int from = at;
        at += size;
        int all = 0;
        for (int i = from; i < at; i++) {
            all |= bytes[i];
        }
        if (all >= 0) {
            return new String(bytes, 0, from, size);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, size)).toString();
        } catch (CharacterCodingException e) {
            throw damaged("a text is not UTF-8");
        }
    }

    /** A list of texts. */
    List<String> texts() throws DamagedFormException {
        int size = size();
        List<String> texts = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            texts.add(text());
        }
        return texts;
    }

    /** A channel. */
    Channel channel() throws DamagedFormException {
        return new Channel(text(), text());
    }

    /** An entity. */
    EntityId entity() throws DamagedFormException {
        int code = octet();
        EntityId.Kind kind = EntityId.Kind.of(code);
        if (kind == null) {
            throw damaged("no entity is of kind " + code);
        }
        return new EntityId(text(), kind, text());
    }

    /** A group. */
    ChannelGroup group() throws DamagedFormException {
        return new ChannelGroup(text(), text());
    }

    /** A device. */
    PushDevice device() throws DamagedFormException {
        String keyset = text();
        Gateway gateway = Gateway.of(octet());
        if (gateway == null) {
            throw damaged("no gateway has this code");
        }
        return new PushDevice(keyset, gateway, text(), text());
    }

    /** A range. */
    Range range() throws DamagedFormException {
        return new Range(number(), number(), flag());
    }

    /** An exception that says what is wrong, and where. */
    DamagedFormException damaged(String what) {
        return new DamagedFormException(what + ", at byte " + at + " of " + end);
    }

    private void need(int size) throws DamagedFormException {
        if (size > end - at) {
            throw damaged("bytes are missing");
        }
    }
}
