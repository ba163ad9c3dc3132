package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * A user has read a channel further than before. A user's marks only advance: of two events, the one with the higher
 * {@link #upTo()} says how far the user has read, whichever came first.
 *
 * @param channel the channel
 * @param subscription the subscription that matched; null when it is the channel itself
 * @param timetoken when it happened, in 100-nanosecond steps since 1970
 * @param uuid the user who has read
 * @param upTo what the user has read up to, in 100-nanosecond steps since 1970
 * @see Subscribe#withReadMarks()
 * @see MarkRead
 * @since 0.1
 */
public record ReadMarkEvent(String channel, @Nullable String subscription, long timetoken, String uuid, long upTo)
        implements
            Event {
    @Override
    public void deliverTo(Listener listener) {
        listener.readMark(this);
    }
}
