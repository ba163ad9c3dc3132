package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * A small fact put on a message: a reaction, a receipt, a mark.
 *
 * <pre>{@code
 * client.addMessageAction("room", MessageAction.of("reaction", "wave", message)).sync().orThrow();
 * }</pre>
 *
 * @param type the feature that it belongs to, such as {@code reaction}
 * @param value its content, such as {@code smiley_face}
 * @param messageTimetoken the message it is on, in 100-nanosecond steps since 1970
 * @param uuid the user that put it there; null in an action to be added
 * @param actionTimetoken its own timetoken, by which it is removed, in 100-nanosecond steps since 1970; 0 in an action to
 *        be added
 * @param expires the timetoken from which on it leaves by itself, in 100-nanosecond steps since 1970; 0 when it stays, and
 *        in an action to be added, whose time to live the call has
 * @param amount for how many it counts, 1 unless the rule of its type is {@link ActionRule.Kind#COUNTER}; in an action to be
 *        added, what to add to the amount of the user's own, or, when it is negative, to take back
 * @since 0.1
 */
public record MessageAction(String type, String value, long messageTimetoken, @Nullable String uuid,
        long actionTimetoken, long expires, int amount) {
    /**
     * An action that counts for one and stays until it is removed.
     *
     * @param type the feature that it belongs to, such as {@code reaction}
     * @param value its content, such as {@code smiley_face}
     * @param messageTimetoken the message it is on, in 100-nanosecond steps since 1970
     * @param uuid the user that put it there; null in an action to be added
     * @param actionTimetoken its own timetoken, in 100-nanosecond steps since 1970; 0 in an action to be added
     */
    public MessageAction(String type, String value, long messageTimetoken, @Nullable String uuid,
            long actionTimetoken) {
        this(type, value, messageTimetoken, uuid, actionTimetoken, 0, 1);
    }

    /**
     * The same action with another amount.
     *
     * <pre>{@code
     * client.addMessageAction("room", MessageAction.of("clap", "👏", message).withAmount(3)).sync().orThrow();
     * }</pre>
     *
     * @param other for how many it counts; in an action to be added, -1,000,000,000 to 1,000,000,000, not 0
     * @return the action
     */
    public MessageAction withAmount(int other) {
        return new MessageAction(type, value, messageTimetoken, uuid, actionTimetoken, expires, other);
    }

    /**
     * An action to be added.
     *
     * @param type the feature that it belongs to, such as {@code reaction}
     * @param value its content, such as {@code smiley_face}
     * @param messageTimetoken the message it is on, in 100-nanosecond steps since 1970
     * @return the action, without a uuid and a timetoken of its own
     */
    public static MessageAction of(String type, String value, long messageTimetoken) {
        return new MessageAction(type, value, messageTimetoken, null, 0);
    }
}
