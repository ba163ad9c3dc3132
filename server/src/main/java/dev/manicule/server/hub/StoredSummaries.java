package dev.manicule.server.hub;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * The oldest events of a channel in storage, with summaries in place of those of actions: read in steps, from the
 * beginning of the first period whose summaries matter. For one thread at a time.
 */
final class StoredSummaries {
    private final FeedReader feed;
    private final Channel channel;
    private final long after;
    private final long upTo;
    private final long now;
    private final Summaries summaries;
    private final List<Event> found = new ArrayList<>();
    private long bytes;
    /** All stored events up to it have been read. */
    private long read;

    /**
     * The events and summaries of a channel after one timetoken and up to another.
     *
     * @param now the present timetoken
     */
    StoredSummaries(FeedReader feed, SummaryPeriod period, Channel channel, long after, long upTo, long now) {
        this.feed = feed;
        this.channel = channel;
        this.after = after;
        this.upTo = upTo;
        this.now = now;
        summaries = new Summaries(period);
        read = Math.min(after, period.begin(after));
    }

    /** Reads a little; false when all that fits into a delivery is read. */
    boolean step() {
        List<Event> events = read >= upTo
                ? List.of()
                : feed.events(channel, read, upTo, now, Hub.MOST_EVENTS, Hub.MOST_BYTES);
        events.forEach(summaries::add);
        read = events.isEmpty() ? upTo : events.getLast().timetoken();
        while (!isFull() || summaries.first(read) == found.getLast().timetoken()) {
            if (summaries.first(read) == Long.MAX_VALUE) {
                return read < upTo;
            }
            Event next = summaries.next();
            if (next.timetoken() > after) {
                found.add(next);
                bytes += next.envelope().length;
            }
        }
        return false;
    }

    private boolean isFull() {
        return found.size() >= Hub.MOST_EVENTS || bytes >= Hub.MOST_BYTES;
    }

    /** The events, ascending. There may be more when they are as many, or as large, as a delivery may be. */
    List<Event> events() {
        return found;
    }

    /** About how many bytes of memory it holds now. */
    long weight() {
        return bytes + 100L * found.size() + summaries.bytes();
    }
}
