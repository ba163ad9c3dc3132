package dev.manicule.client;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The actions on a message changed.
 *
 * @param channel the channel of the message
 * @param subscription the subscription that matched; null when it is the channel itself
 * @param timetoken when it happened, in 100-nanosecond steps since 1970
 * @param event {@code added} or {@code removed}
 * @param action the action; its uuid is its owner
 * @param count how many actions of its type and value are on the message after it; empty when the server does not say
 * @param isExpired whether the action has left by itself, since its time to live has ended
 * @since 0.1
 */
public record MessageActionEvent(String channel, @Nullable String subscription, long timetoken, String event,
        MessageAction action, OptionalLong count, boolean isExpired) implements Event {
    /**
     * A change that a user made.
     *
     * @param channel the channel of the message
     * @param subscription the subscription that matched; null when it is the channel itself
     * @param timetoken when it happened, in 100-nanosecond steps since 1970
     * @param event {@code added} or {@code removed}
     * @param action the action; its uuid is its owner
     * @param count how many actions of its type and value are on the message after it; empty when the server does not say
     */
    public MessageActionEvent(String channel, @Nullable String subscription, long timetoken, String event,
            MessageAction action, OptionalLong count) {
        this(channel, subscription, timetoken, event, action, count, false);
    }

    /**
     * Whether the action was added.
     *
     * @return true when it was added, false when it was removed
     */
    public boolean isAdded() {
        return event.equals("added");
    }

    @Override
    public void deliverTo(Listener listener) {
        listener.messageAction(this);
    }
}
