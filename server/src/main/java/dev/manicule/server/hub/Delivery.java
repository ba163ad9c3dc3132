package dev.manicule.server.hub;

import dev.manicule.server.model.Event;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a poll is answered with. All polls of an event loop that are answered with the same events share one delivery,
 * so that it is encoded once.
 */
public final class Delivery {
    private final List<Event> events;
    private final long cursor;
    private @Nullable Object encoded;

    Delivery(List<Event> events, long cursor) {
        this.events = events;
        this.cursor = cursor;
    }

    /** The events, ascending, at most {@link Hub#MOST_EVENTS}; none when the wait was over. */
    public List<Event> events() {
        return events;
    }

    /** Where the next poll goes on: every event up to it, on the channels of the poll, has been delivered. */
    public long cursor() {
        return cursor;
    }

    /** What {@code encoder} makes of it, made once. All callers pass an equal encoder, on one event loop. */
    @SuppressWarnings("unchecked")
    public <T> T encoded(Function<Delivery, T> encoder) {
        if (encoded == null) {
            encoded = encoder.apply(this);
        }
        return (T) encoded;
    }
}
