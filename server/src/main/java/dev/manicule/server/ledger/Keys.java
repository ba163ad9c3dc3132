package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * How keys are laid out. A key begins with its channel (one byte of length, the keyset, two bytes of length, the name),
 * so that no name can run into another, and goes on with timetokens, big-endian, so that they sort by time.
 */
final class Keys {
    private Keys() {}

    /** The prefix of all keys of a channel; the key itself in the table of channels. */
    static byte[] channel(Channel channel) {
        byte[] keyset = channel.keyset().getBytes(StandardCharsets.UTF_8);
        byte[] name = channel.name().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(3 + keyset.length + name.length)
                .put((byte) keyset.length)
                .put(keyset)
                .putShort((short) name.length)
                .put(name)
                .array();
    }

    /** The channel of a key of the table of channels. */
    static Channel parseChannel(byte[] key) {
        ByteBuffer rest = ByteBuffer.wrap(key);
        String keyset = text(rest, rest.get() & 0xFF);
        return new Channel(keyset, text(rest, rest.getShort() & 0xFFFF));
    }

    /** A key that begins with another. */
    static byte[] joined(byte[] beginning, byte[] rest) {
        byte[] key = Arrays.copyOf(beginning, beginning.length + rest.length);
        System.arraycopy(rest, 0, key, beginning.length, rest.length);
        return key;
    }

    /** A key that begins with another, and ends with a text. */
    static byte[] joined(byte[] beginning, String text) {
        return joined(beginning, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The least key above another. */
    static byte[] directlyAfter(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** How many bytes of a key are its channel. */
    static int channelLength(byte[] key) {
        int keyset = key[0] & 0xFF;
        int name = ByteBuffer.wrap(key).getShort(1 + keyset) & 0xFFFF;
        return 1 + keyset + Short.BYTES + name;
    }

    static boolean startsWith(byte[] key, byte[] beginning) {
        return key.length >= beginning.length
                && Arrays.equals(key, 0, beginning.length, beginning, 0, beginning.length);
    }

    /** A key, for people to read: its channel, and what else it holds in hexadecimal digits. */
    static String show(byte[] key) {
        try {
            int length = channelLength(key);
            Channel channel = parseChannel(key);
            return channel.keyset() + "/" + channel.name() + "/"
                    + HexFormat.of().formatHex(key, length, key.length);
        } catch (RuntimeException e) {
            return HexFormat.of().formatHex(key);
        }
    }

    /** Something of a channel at a timetoken. */
    static byte[] at(byte[] channel, long timetoken) {
        return ByteBuffer.allocate(channel.length + Long.BYTES).put(channel).putLong(timetoken).array();
    }

    /**
     * Something of a channel at a timetoken, in a table whose newest comes first. Reads begin at the newest; in such a
     * table that is a walk forwards. RocksDB's memory has no links backwards.
     */
    static byte[] newestFirst(byte[] channel, long timetoken) {
        return at(channel, ~timetoken);
    }

    /** The key of {@code actions} for one of {@code feed}, and the other way round. */
    static byte[] otherWayRound(byte[] key) {
        byte[] other = key.clone();
        for (int i = key.length - Long.BYTES; i < key.length; i++) {
            other[i] = (byte) ~other[i];
        }
        return other;
    }

    /** The channel that a key begins with, as bytes. */
    static byte[] channelOf(byte[] key) {
        return Arrays.copyOf(key, channelLength(key));
    }

    /** The timetoken that follows the channel of a key. */
    static long timetoken(byte[] key) {
        return timetoken(key, channelLength(key));
    }

    /** The timetoken that directly follows the channel. */
    static long timetoken(byte[] key, int channelLength) {
        return ByteBuffer.wrap(key).getLong(channelLength);
    }

    /** A timetoken, or a count, as a row. */
    static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    /** Reads what {@link #number} wrote. */
    static long number(byte[] row) {
        return ByteBuffer.wrap(row).getLong();
    }

    /** The least key above all that begin with {@code prefix}. */
    static byte[] after(byte[] prefix) {
        byte[] bound = prefix.clone();
        for (int i = bound.length - 1; i >= 0; i--) {
            if (bound[i] != (byte) 0xFF) {
                bound[i]++;
                return Arrays.copyOf(bound, i + 1);
            }
        }
        throw new IllegalArgumentException("no key is above this prefix");
    }

    /** The next bytes, as text. */
    static String text(ByteBuffer from, int size) {
        String text = new String(from.array(), from.arrayOffset() + from.position(), size, StandardCharsets.UTF_8);
        from.position(from.position() + size);
        return text;
    }
}
