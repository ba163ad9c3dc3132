package dev.manicule.server.model;

/**
 * A small fact that a user put on a message: at most one for each message, uuid, type and value.
 *
 * @param messageTimetoken the message it is on; the message need not exist
 * @param type the feature that it belongs to, such as {@code reaction}; compared byte by byte
 * @param value its content, such as {@code smiley_face}; compared byte by byte
 * @param uuid the user that put it there, and that alone may remove it
 * @param actionTimetoken its own timetoken, unique in its keyset
 * @param expires the timetoken from which on it leaves by itself; {@link #NEVER}
 */
public record MessageAction(long messageTimetoken, String type, String value, String uuid, long actionTimetoken,
        long expires) {
    /** The end of an action that stays until it is removed. */
    public static final long NEVER = 0;

    /** One that stays until it is removed. */
    public MessageAction(long messageTimetoken, String type, String value, String uuid, long actionTimetoken) {
        this(messageTimetoken, type, value, uuid, actionTimetoken, NEVER);
    }

    /** The same, put there at another timetoken. */
    public MessageAction at(long timetoken) {
        return new MessageAction(messageTimetoken, type, value, uuid, timetoken, expires);
    }

    /** The same, with another end. */
    public MessageAction until(long end) {
        return new MessageAction(messageTimetoken, type, value, uuid, actionTimetoken, end);
    }

    /** Whether it leaves by itself. */
    public boolean isExpiring() {
        return expires != NEVER;
    }
}
