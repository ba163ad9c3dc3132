package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receives the events of subscribed channels. All listeners of a client are called one event after the other, in order,
 * on one thread of the client's; they may block, call the client and wait for it, and add or remove listeners.
 * Exceptions of a listener are logged, and harm nothing.
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

    /** A user joined or left, or changed state. */
    default void presence(PresenceEvent event) {}

    /**
     * A message.
     *
     * @param channel the channel that it was published on
     * @param subscription the subscription that matched; null when it is the channel itself
     * @param timetoken when it was published; identifies it in history and for actions
     * @param publisher the publisher; null when none was named
     * @param message what was published
     * @param userMetadata the metadata that was published with it; null when there was none
     * @param customMessageType the publisher's name for the kind of message; null when there is none
     */
    record Message(String channel, @Nullable String subscription, long timetoken, @Nullable String publisher,
            JsonNode message, @Nullable JsonNode userMetadata, @Nullable String customMessageType) {}

    /**
     * A join or leave of a user; or, on a channel in interval mode, all joins and leaves of the last interval.
     *
     * @param channel the channel; for a wildcard subscription it may be the wildcard
     * @param subscription the subscription that matched; null when it is the channel itself
     * @param timetoken when it was announced
     * @param event {@code join}, {@code leave}, {@code timeout}, {@code state-change} or {@code interval}
     * @param occupancy how many users are there now
     * @param user the user; null for an interval
     * @param interval the joins and leaves of an interval; {@link Interval#NONE} for an event of one user
     */
    record PresenceEvent(String channel, @Nullable String subscription, long timetoken, String event, int occupancy,
            @Nullable User user, Interval interval) {
        /** The user; null for an interval. */
        public @Nullable String uuid() {
            return user == null ? null : user.uuid;
        }

        /** The user's presence state; null when there is none. */
        public @Nullable JsonNode state() {
            return user == null ? null : user.state;
        }

        /** The users who joined in the interval. */
        public List<String> joined() {
            return interval.joined;
        }

        /** The users who left in it. */
        public List<String> left() {
            return interval.left;
        }

        /** The users who timed out in it. */
        public List<String> timedOut() {
            return interval.timedOut;
        }

        /** Whether the names of an interval are too many to be listed here. */
        public boolean hereNowRefresh() {
            return interval.hereNowRefresh;
        }
    }

    /**
     * A user on a channel.
     *
     * @param uuid the user
     * @param state the user's presence state; null when there is none
     */
    record User(String uuid, @Nullable JsonNode state) {}

    /**
     * The joins and leaves of an interval.
     *
     * @param joined the users who joined in it
     * @param left the users who left in it
     * @param timedOut the users who timed out in it
     * @param hereNowRefresh whether the names are too many to be listed here
     */
    record Interval(List<String> joined, List<String> left, List<String> timedOut, boolean hereNowRefresh) {
        /** Of an event of one user. */
        public static final Interval NONE = new Interval(List.of(), List.of(), List.of(), false);
    }

    /**
     * A change of the actions on a message.
     *
     * @param channel the channel of the message
     * @param subscription the subscription that matched; null when it is the channel itself
     * @param timetoken when it happened
     * @param event {@code added} or {@code removed}
     * @param action the action; its uuid is its owner
     */
    record MessageActionEvent(String channel, @Nullable String subscription, long timetoken, String event,
            MessageAction action) {
        /** Whether the action was added, otherwise removed. */
        public boolean isAdded() {
            return event.equals("added");
        }
    }
}
