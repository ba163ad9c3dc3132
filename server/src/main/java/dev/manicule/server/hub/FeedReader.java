package dev.manicule.server.hub;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.List;

/** Reads events out of storage, for subscribers who were away. May block; called on threads made for that. */
public interface FeedReader {
    /**
     * Up to {@code limit} events of a channel with {@code after < timetoken <= upTo}, ascending, without transient ones
     * that are too old {@code now}.
     */
    List<Event> events(Channel channel, long after, long upTo, long now, int limit);

    /** The channels whose name begins so and that have an event with {@code after < timetoken}. */
    List<Channel> channels(String keyset, String beginning, long after);
}
