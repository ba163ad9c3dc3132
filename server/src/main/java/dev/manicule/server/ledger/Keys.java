package dev.manicule.server.ledger;

import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Revocation;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * How keys are laid out. A key begins with its channel (one byte of length, the keyset, two bytes of length, the name),
 * so that no name can run into another, and goes on with timetokens, big-endian, so that they sort by time.
 */
final class Keys {
    /** In {@code meta}: the highest timetoken given so far. */
    static final byte[] LAST_TIMETOKEN = "lastTimetoken".getBytes(StandardCharsets.US_ASCII);
    /** In {@code meta}: the offset of the log's next entry that is to be applied. */
    static final byte[] APPLIED = "applied".getBytes(StandardCharsets.US_ASCII);
    /** In {@code meta}: the version of the rules that is in force. */
    static final byte[] RULES = "rules".getBytes(StandardCharsets.US_ASCII);
    /** In {@code meta}: the {@link GlobalFeed.Extent} of the feed of all channels. */
    static final byte[] ORDER = "order".getBytes(StandardCharsets.US_ASCII);
    /** In {@code meta}: what the keys of the channels begin with that were taken out of groups. */
    static final byte[] FORMER = "former/".getBytes(StandardCharsets.US_ASCII);
    /** In {@code meta}: what the keys of groups begin with. */
    static final byte[] GROUPS = "group/".getBytes(StandardCharsets.US_ASCII);
    /** In {@code meta}: what the keys of revoked tokens begin with. */
    static final byte[] REVOKED = "revoked/".getBytes(StandardCharsets.US_ASCII);
    /** In {@code meta}: what the keys of imports that are under way begin with. */
    static final byte[] IMPORTS = "import/".getBytes(StandardCharsets.US_ASCII);
    /** In {@code meta}: what the keys begin with that say how long keysets keep what they store. */
    static final byte[] RETENTIONS = "retention/".getBytes(StandardCharsets.US_ASCII);
    /** In {@code actionsByMessage}, after the message's timetoken: the number of its actions. Sorts before them. */
    private static final byte COUNT = 0;
    /** In {@code actionsByMessage}, after the message's timetoken: one action. */
    private static final byte ACTION = 1;
    /** In {@code actionsByMessage}, after the message's timetoken: an action that was removed. */
    private static final byte REMOVED = 2;

    /** In {@code recent}, after the period: a request. */
    private static final byte REQUEST = 0;
    /** In {@code recent}, after the period: an event. */
    private static final byte EVENT = 1;

    private Keys() {}

    /**
     * Which stretch of time a timetoken lies in. What lies {@link Timetoken#SHORTLY} back lies in the same or in the one
     * before; whole stretches are forgotten at once.
     */
    static long period(long timetoken) {
        return timetoken / Timetoken.SHORTLY;
    }

    /** In {@code recent}: what all keys of a period begin with. */
    static byte[] recent(long period) {
        return number(period);
    }

    /** In {@code recent}: a request that was decided. */
    static byte[] request(long period, IdempotencyKey key) {
        return ByteBuffer.allocate(Long.BYTES + 1 + key.name().length)
                .putLong(period)
                .put(REQUEST)
                .put(key.name())
                .array();
    }

    /** In {@code recent}: what the keys of a channel's events that are not kept begin with. */
    static byte[] recentEvents(long period, byte[] channel) {
        return ByteBuffer.allocate(Long.BYTES + 1 + channel.length).putLong(period).put(EVENT).put(channel).array();
    }

    /** What all keys of a channel begin with; the key itself in the table of channels. */
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

    /** In {@code meta}: the members of a group. */
    static byte[] group(ChannelGroup group) {
        return group(GROUPS, group);
    }

    /** In {@code meta}: the channels that were taken out of a group. */
    static byte[] former(ChannelGroup group) {
        return group(FORMER, group);
    }

    private static byte[] group(byte[] kind, ChannelGroup group) {
        byte[] keyset = group.keyset().getBytes(StandardCharsets.UTF_8);
        byte[] name = group.name().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(kind.length + 1 + keyset.length + name.length)
                .put(kind)
                .put((byte) keyset.length)
                .put(keyset)
                .put(name)
                .array();
    }

    /** In {@code meta}: what the keys of a keyset's revoked tokens begin with. */
    static byte[] revocations(String subscribeKey) {
        byte[] keyset = subscribeKey.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(REVOKED.length + 1 + keyset.length)
                .put(REVOKED)
                .put((byte) keyset.length)
                .put(keyset)
                .array();
    }

    /** In {@code meta}: a revoked token. Those of a keyset that end first come first. */
    static byte[] revoked(String subscribeKey, long expiry, String token) {
        byte[] keyset = subscribeKey.getBytes(StandardCharsets.UTF_8);
        byte[] name = token.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(REVOKED.length + 1 + keyset.length + Long.BYTES + name.length)
                .put(REVOKED)
                .put((byte) keyset.length)
                .put(keyset)
                .putLong(expiry)
                .put(name)
                .array();
    }

    /** Reads what {@link #revoked} wrote. */
    static Revocation parseRevoked(byte[] key, byte[] row) {
        ByteBuffer rest = ByteBuffer.wrap(key, REVOKED.length, key.length - REVOKED.length);
        String keyset = text(rest, rest.get() & 0xFF);
        long expiry = rest.getLong();
        return new Revocation(keyset, text(rest, rest.remaining()), expiry, number(row));
    }

    /** Reads what {@link #group} wrote. */
    static ChannelGroup parseGroup(byte[] key) {
        return parseGroup(GROUPS, key);
    }

    /** Reads what {@link #former} wrote. */
    static ChannelGroup parseFormer(byte[] key) {
        return parseGroup(FORMER, key);
    }

    private static ChannelGroup parseGroup(byte[] kind, byte[] key) {
        ByteBuffer rest = ByteBuffer.wrap(key, kind.length, key.length - kind.length);
        String keyset = text(rest, rest.get() & 0xFF);
        return new ChannelGroup(keyset, text(rest, rest.remaining()));
    }

    /** What the keys of all channels of a keyset begin with whose name has so many bytes and begins so. */
    static byte[] channels(String keyset, int nameLength, byte[] beginning) {
        byte[] key = keyset.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(3 + key.length + beginning.length)
                .put((byte) key.length)
                .put(key)
                .putShort((short) nameLength)
                .put(beginning)
                .array();
    }

    /** The channel of a key of the table of channels. */
    static Channel parseChannel(byte[] key) {
        ByteBuffer rest = ByteBuffer.wrap(key);
        String keyset = text(rest, rest.get() & 0xFF);
        return new Channel(keyset, text(rest, rest.getShort() & 0xFFFF));
    }

    /** In {@code meta}: how many lines of an import are done. */
    static byte[] importUnderWay(String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(IMPORTS.length + text.length).put(IMPORTS).put(text).array();
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
     * Something of a channel at a timetoken, in a table whose newest comes first: there the walk from the newest on, which
     * is what is asked for, is one forwards. RocksDB's memory has no links backwards.
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

    /** The number of actions on a message. */
    static byte[] actionCount(byte[] channel, long messageTimetoken) {
        return onMessage(channel, messageTimetoken, COUNT);
    }

    /**
     * One action on a message. The uuid runs to the end; type and value say their lengths, so that equal ones adjoin.
     */
    static byte[] action(byte[] channel, long messageTimetoken, String type, String value, String uuid) {
        byte[] t = type.getBytes(StandardCharsets.UTF_8);
        byte[] v = value.getBytes(StandardCharsets.UTF_8);
        byte[] u = uuid.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(channel.length + Long.BYTES + 1 + 8 + t.length + v.length + u.length)
                .put(channel)
                .putLong(messageTimetoken)
                .put(ACTION)
                .putInt(t.length)
                .put(t)
                .putInt(v.length)
                .put(v)
                .put(u)
                .array();
    }

    /** In {@code actionsByMessage}: what the keys of all actions on a message begin with. */
    static byte[] actions(byte[] channel, long messageTimetoken) {
        return onMessage(channel, messageTimetoken, ACTION);
    }

    private static byte[] onMessage(byte[] channel, long messageTimetoken, byte kind) {
        return ByteBuffer.allocate(channel.length + Long.BYTES + 1)
                .put(channel)
                .putLong(messageTimetoken)
                .put(kind)
                .array();
    }

    /**
     * In {@code actionsByMessage}: an action that was removed, by the timetoken of its removal. It leads to the events of both
     * once the message is deleted.
     */
    static byte[] removedAction(byte[] channel, long messageTimetoken, long removedAt) {
        return ByteBuffer.allocate(channel.length + 2 * Long.BYTES + 1)
                .put(channel)
                .putLong(messageTimetoken)
                .put(REMOVED)
                .putLong(removedAt)
                .array();
    }

    /** In {@code meta}: how long a keyset keeps what it stores. */
    static byte[] retention(String keyset) {
        byte[] name = keyset.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(RETENTIONS.length + name.length).put(RETENTIONS).put(name).array();
    }

    /** Reads what {@link #retention} wrote. */
    static String parseRetention(byte[] key) {
        return new String(key, RETENTIONS.length, key.length - RETENTIONS.length, StandardCharsets.UTF_8);
    }

    /** Where in an action's key the uuid begins, after type and value, which say their lengths. */
    static int uuidAt(byte[] key, int typeAt) {
        ByteBuffer lengths = ByteBuffer.wrap(key);
        int valueAt = typeAt + Integer.BYTES + lengths.getInt(typeAt);
        return valueAt + Integer.BYTES + lengths.getInt(valueAt);
    }

    /** Whether two actions on a message have the same type and value, which end in the first of them at {@code uuidAt}. */
    static boolean isOfSameGroup(byte[] one, byte[] other, int uuidAt) {
        return other.length >= uuidAt && Arrays.equals(one, 0, uuidAt, other, 0, uuidAt);
    }

    /** What a key of {@code actionsByMessage} says. */
    static ActionKey parseAction(byte[] key, int channelLength) {
        ByteBuffer rest = ByteBuffer.wrap(key, channelLength, key.length - channelLength);
        long messageTimetoken = rest.getLong();
        return switch (rest.get()) {
            case COUNT -> new ActionKey(messageTimetoken, Kind.COUNT, "", "", "", 0);
            case REMOVED -> new ActionKey(messageTimetoken, Kind.REMOVED, "", "", "", rest.getLong());
            default -> {
                String type = text(rest, rest.getInt());
                String value = text(rest, rest.getInt());
                yield new ActionKey(messageTimetoken, Kind.ACTION, type, value, text(rest, rest.remaining()), 0);
            }
        };
    }

    /** What stands under a key of {@code actionsByMessage}. */
    enum Kind {
        /** The {@link ActionCount} of a message. */
        COUNT,
        /** The timetoken of an action. */
        ACTION,
        /** The timetoken of an action that was removed. */
        REMOVED
    }

    /**
     * A key of {@code actionsByMessage}, read. Texts are those of an action, else empty.
     *
     * @param removedAt when the action was removed, 0 for the other kinds
     */
    record ActionKey(long messageTimetoken, Kind kind, String type, String value, String uuid, long removedAt) {}

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

    private static String text(ByteBuffer from, int size) {
        String text = new String(from.array(), from.arrayOffset() + from.position(), size, StandardCharsets.UTF_8);
        from.position(from.position() + size);
        return text;
    }
}
