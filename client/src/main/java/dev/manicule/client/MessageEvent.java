package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A message was published.
 *
 * @param channel the channel that it was published on
 * @param subscription the subscription that matched; null when it is the channel itself
 * @param timetoken when it was published, in 100-nanosecond steps since 1970; identifies it in history and for actions
 * @param publisher the publisher; null when none was named
 * @param message what was published
 * @param userMetadata the metadata that was published with it; null when there was none
 * @param customMessageType the publisher's name for the kind of message; null when there is none
 * @since 0.1
 */
public record MessageEvent(String channel, @Nullable String subscription, long timetoken, @Nullable String publisher,
        JsonNode message, @Nullable JsonNode userMetadata, @Nullable String customMessageType) implements Event {
    @Override
    public void deliverTo(Listener listener) {
        listener.message(this);
    }
}
