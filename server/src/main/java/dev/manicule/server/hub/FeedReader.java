package dev.manicule.server.hub;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads events from storage, for subscribers that were disconnected. May block; called on threads made for that. */
public interface FeedReader {
    /**
     * The oldest events of a channel with {@code after < timetoken <= upTo}, ascending, without transient ones that are
     * too old {@code now}: up to {@code limit}, and no more once they are {@code bytes} together.
     */
    List<Event> events(Channel channel, long after, long upTo, long now, int limit, long bytes);

    /**
     * Some of the channels whose name has this beginning and that have an event with {@code after < timetoken}.
     *
     * @param from the continuation of an earlier page, null for the first
     * @param rows how many channels to read
     */
    Page channels(String keyset, String beginning, long after, @Nullable Channel from, int rows);

    /**
     * Some channels.
     *
     * @param next the continuation, null when these were the last
     */
    record Page(List<Channel> channels, @Nullable Channel next) {}
}
