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
 * @param amount for how many it counts, from {@link #ONE} to {@link #MOST_AMOUNT}
 */
public record MessageAction(long messageTimetoken, String type, String value, String uuid, long actionTimetoken,
        long expires, int amount) {
    /** The end of an action that stays until it is removed. */
    public static final long NEVER = 0;
    /** The amount of an action whose type has no amounts. */
    public static final int ONE = 1;
    /** The highest amount: a message has up to 25,000 actions, and sums of these are whole numbers in JavaScript too. */
    public static final int MOST_AMOUNT = 1_000_000_000;

    /** One that counts for one and stays until it is removed. */
    public MessageAction(long messageTimetoken, String type, String value, String uuid, long actionTimetoken) {
        this(messageTimetoken, type, value, uuid, actionTimetoken, NEVER, ONE);
    }

    /** Whether it is no more than a type and a value of a user: it counts for one, and stays until it is removed. */
    public boolean isPlain() {
        return expires == NEVER && amount == ONE;
    }

    /** The same, which counts for another number. */
    public MessageAction times(int other) {
        return new MessageAction(messageTimetoken, type, value, uuid, actionTimetoken, expires, other);
    }

    /** The same, put there at another timetoken. */
    public MessageAction at(long timetoken) {
        return new MessageAction(messageTimetoken, type, value, uuid, timetoken, expires, amount);
    }

    /** The same, with another end. */
    public MessageAction until(long end) {
        return new MessageAction(messageTimetoken, type, value, uuid, actionTimetoken, end, amount);
    }

    /** Whether it leaves by itself. */
    public boolean isExpiring() {
        return expires != NEVER;
    }
}
