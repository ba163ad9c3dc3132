package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * A small fact put on a message: a reaction, a receipt, a mark.
 *
 * @param type what feature it belongs to, such as {@code reaction}
 * @param value what it says, such as {@code smiley_face}
 * @param messageTimetoken the message it is on
 * @param uuid who put it there; null in one that is to be added
 * @param actionTimetoken its own timetoken, by which it is removed; 0 in one that is to be added
 */
public record MessageAction(String type, String value, long messageTimetoken, @Nullable String uuid,
        long actionTimetoken) {
    /** An action to be added. */
    public static MessageAction of(String type, String value, long messageTimetoken) {
        return new MessageAction(type, value, messageTimetoken, null, 0);
    }
}
