package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of App Context was set or removed. Subscribers of a channel receive the changes of its metadata and of its
 * members; those of the channel that has the name of a user receive the user's.
 *
 * <pre>{@code
 * if (event.metadata() instanceof UserMetadata user && event.isSet()) {
 *     show(user.name());
 * }
 * }</pre>
 *
 * @param channel the channel
 * @param subscription the subscription that matched; null when it is the channel itself
 * @param timetoken when it happened, in 100-nanosecond steps since 1970
 * @param event {@code set} or {@code delete}
 * @param metadata what is known of it: all that is set, or, of a removal, the ids
 * @param data the same as it was sent; a field that is absent is not set
 * @since 0.1
 */
public record MetadataEvent(String channel, @Nullable String subscription, long timetoken, String event,
        Metadata metadata, JsonNode data) implements Event {
    /**
     * Whether it was set, and not removed.
     *
     * @return whether {@link #event()} is {@code set}
     */
    public boolean isSet() {
        return event.equals("set");
    }

    @Override
    public void deliverTo(Listener listener) {
        listener.metadata(this);
    }
}
