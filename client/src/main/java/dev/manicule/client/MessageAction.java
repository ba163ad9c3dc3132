package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * A small fact put on a message: a reaction, a receipt, a mark.
 *
 * @param type the feature that it belongs to, such as {@code reaction}
 * @param value its content, such as {@code smiley_face}
 * @param messageTimetoken the message it is on
 * @param uuid the user that put it there; null in an action to be added
 * @param actionTimetoken its own timetoken, by which it is removed; 0 in an action to be added
 */
public record MessageAction(String type, String value, long messageTimetoken, @Nullable String uuid,
        long actionTimetoken) {
    /** An action to be added. */
    public static MessageAction of(String type, String value, long messageTimetoken) {
        return new MessageAction(type, value, messageTimetoken, null, 0);
    }
}
