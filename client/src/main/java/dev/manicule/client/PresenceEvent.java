package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user joined or left, or changed state; or, on a channel in interval mode, all joins and leaves of the last interval.
 *
 * @param channel the channel; for a wildcard subscription it may be the wildcard
 * @param subscription the subscription that matched; null when it is the channel itself
 * @param timetoken when it was announced, in 100-nanosecond steps since 1970
 * @param event {@code join}, {@code leave}, {@code timeout}, {@code state-change} or {@code interval}
 * @param occupancy how many users are there now
 * @param user the user; null for an interval
 * @param interval the joins and leaves of an interval; {@link Interval#NONE} for an event of one user
 * @since 0.1
 */
public record PresenceEvent(String channel, @Nullable String subscription, long timetoken, String event, int occupancy,
        @Nullable User user, Interval interval) implements Event {
    /**
     * A user on a channel.
     *
     * @param uuid the user
     * @param state the user's presence state; null when there is none
     * @since 0.1
     */
    public record User(String uuid, @Nullable JsonNode state) {}

    /**
     * The joins and leaves of an interval.
     *
     * @param joined the users who joined in it
     * @param left the users who left in it
     * @param timedOut the users who timed out in it
     * @param hereNowRefresh whether the names are too many to be listed here
     * @since 0.1
     */
    public record Interval(List<String> joined, List<String> left, List<String> timedOut, boolean hereNowRefresh) {
        /** Of an event of one user. */
        public static final Interval NONE = new Interval(List.of(), List.of(), List.of(), false);

        /** Copies the lists. */
        public Interval {
            joined = List.copyOf(joined);
            left = List.copyOf(left);
            timedOut = List.copyOf(timedOut);
        }
    }

    /**
     * The user.
     *
     * @return null for an interval
     */
    public @Nullable String uuid() {
        return user == null ? null : user.uuid;
    }

    /**
     * The user's presence state.
     *
     * @return null when there is none, and for an interval
     */
    public @Nullable JsonNode state() {
        return user == null ? null : user.state;
    }

    /**
     * The users who joined in the interval.
     *
     * @return empty for an event of one user
     */
    public List<String> joined() {
        return interval.joined;
    }

    /**
     * The users who left in the interval.
     *
     * @return empty for an event of one user
     */
    public List<String> left() {
        return interval.left;
    }

    /**
     * The users who timed out in the interval.
     *
     * @return empty for an event of one user
     */
    public List<String> timedOut() {
        return interval.timedOut;
    }

    /**
     * Whether the names of an interval are too many to be listed here; {@link HereNow} gets them.
     *
     * @return false for an event of one user
     */
    public boolean hereNowRefresh() {
        return interval.hereNowRefresh;
    }

    @Override
    public void deliverTo(Listener listener) {
        listener.presence(this);
    }
}
