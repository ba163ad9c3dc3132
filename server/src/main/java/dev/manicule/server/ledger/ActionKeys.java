package dev.manicule.server.ledger;

import dev.manicule.server.model.MessageAction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The keys of an action in {@link ActionsByMessage} and {@link ActionsByUser}. Its texts are encoded once for all of
 * them. For one thread.
 */
final class ActionKeys {
    private final byte[] channel;
    private final long message;
    private final byte[] type;
    private final byte[] value;
    private final byte[] uuid;

    /**
     * Those of an action on a channel.
     *
     * @param channel the channel's part of a key
     */
    ActionKeys(byte[] channel, MessageAction action) {
        this.channel = channel;
        message = action.messageTimetoken();
        type = action.type().getBytes(StandardCharsets.UTF_8);
        value = action.value().getBytes(StandardCharsets.UTF_8);
        uuid = action.uuid().getBytes(StandardCharsets.UTF_8);
    }

    /** The count of all actions on the message. */
    byte[] count() {
        return ActionsByMessage.countKey(channel, message);
    }

    /** The tally of its type and value. */
    byte[] tally() {
        return group(ActionsByMessage.TALLY, 0).array();
    }

    /** The prefix of the keys of all actions on the message with its type and value. */
    byte[] group() {
        return group(ActionsByMessage.ACTION, 0).array();
    }

    /** The action among those of its type and value. */
    byte[] action(long timetoken) {
        return group(ActionsByMessage.ACTION, Long.BYTES).putLong(timetoken).array();
    }

    /** The action among those of its user: the same user can't put it on the message twice. */
    byte[] ofUser() {
        byte[] prefix = ActionsByUser.prefix(channel, uuid);
        return ByteBuffer.allocate(prefix.length + Long.BYTES + Integer.BYTES + type.length + value.length)
                .put(prefix)
                .putLong(message)
                .putInt(type.length)
                .put(type)
                .put(value)
                .array();
    }

    /** The uuid, in UTF-8. */
    byte[] uuid() {
        return uuid;
    }

    /** About how many bytes the action takes, see {@link ActionCount#bytes}. */
    long bytes() {
        return (long) ActionCount.OVERHEAD + type.length + value.length + uuid.length;
    }

    /** Type and value say their lengths, so that equal ones adjoin. */
    private ByteBuffer group(byte kind, int more) {
        return ByteBuffer
                .allocate(channel.length + Long.BYTES + 1 + 2 * Integer.BYTES + type.length + value.length + more)
                .put(channel)
                .putLong(message)
                .put(kind)
                .putInt(type.length)
                .put(type)
                .putInt(value.length)
                .put(value);
    }
}
