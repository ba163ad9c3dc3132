package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens on subscribed channels. All listeners of a client are called one event after the other, in
 * order, on one thread of the client's; they may take their time, call the client and wait for it, and add or remove
 * listeners. What a listener throws is logged, and harms nothing.
 */
public interface Listener {
    /** The subscription's state changed. */
    default void status(Status status) {}

    /** A message was published. */
    default void message(Message message) {}

    /** An action was added to a message, or removed from one. */
    default void messageAction(MessageActionEvent event) {}

    /** A signal was sent. */
    default void signal(Message signal) {}

    /** Somebody came or went, or changed state. */
    default void presence(PresenceEvent event) {}

    /**
     * A message.
     *
     * @param channel where it was published
     * @param subscription which subscription matched; null when it is the channel itself
     * @param timetoken when; its name in history and for actions
     * @param publisher who published it; null when nobody was named
     * @param message what was published
     * @param userMetadata what was published beside it; null when nothing was
     * @param customMessageType the publisher's name for the kind of message; null when there is none
     */
    record Message(String channel, @Nullable String subscription, long timetoken, @Nullable String publisher,
            JsonNode message, @Nullable JsonNode userMetadata, @Nullable String customMessageType) {}

    /**
     * Somebody's coming or going; or, on a crowded channel, all comings and goings of the last while.
     *
     * @param channel where; for a wildcard subscription it may be the wildcard
     * @param subscription which subscription matched; null when it is the channel itself
     * @param timetoken when it was told
     * @param event {@code join}, {@code leave}, {@code timeout}, {@code state-change} or {@code interval}
     * @param uuid who; null for an interval
     * @param occupancy how many are there now
     * @param state what somebody says of themselves; null when nothing
     * @param joined who came in the interval
     * @param left who left in it
     * @param timedOut who was taken to be gone in it
     * @param hereNowRefresh whether the names of an interval are too many to be listed here
     */
    record PresenceEvent(String channel, @Nullable String subscription, long timetoken, String event,
            @Nullable String uuid, int occupancy, @Nullable JsonNode state, List<String> joined, List<String> left,
            List<String> timedOut, boolean hereNowRefresh) {}

    /**
     * A change of the actions on a message.
     *
     * @param channel where the message is
     * @param subscription which subscription matched; null when it is the channel itself
     * @param timetoken when it happened
     * @param event {@code added} or {@code removed}
     * @param action which action; its uuid is whose it is
     */
    record MessageActionEvent(String channel, @Nullable String subscription, long timetoken, String event,
            MessageAction action) {
        /** Whether the action was added, otherwise removed. */
        public boolean isAdded() {
            return event.equals("added");
        }
    }
}
