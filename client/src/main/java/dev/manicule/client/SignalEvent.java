package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A signal was sent.
 *
 * @param channel the channel that it was sent on
 * @param subscription the subscription that matched; null when it is the channel itself
 * @param timetoken when it was sent, in 100-nanosecond steps since 1970
 * @param publisher the sender; null when none was named
 * @param message what was sent
 * @param customMessageType the sender's name for the kind of signal; null when there is none
 * @since 0.1
 */
public record SignalEvent(String channel, @Nullable String subscription, long timetoken, @Nullable String publisher,
        JsonNode message, @Nullable String customMessageType) implements Event {
    @Override
    public void deliverTo(Listener listener) {
        listener.signal(this);
    }
}
