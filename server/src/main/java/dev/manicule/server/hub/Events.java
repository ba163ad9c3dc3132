package dev.manicule.server.hub;

import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of a shard's polls: all up to {@link #position()} are committed and in storage, the last ones in the
 * {@link RecentEvents} as well. Changed on the event loop; workers may call {@link #since} and {@link #stored}.
 */
final class Events {
    private final RecentEvents tail;
    private final FeedReader feed;
    private final Groups groups;
    private final LongSupplier time;
    private final @Nullable SummaryPeriod period;
    private volatile long position;

    /**
     * All events up to a position.
     *
     * @param period of summaries in place of the events of actions; null for these
     * @param time returns the present timetoken
     */
    Events(FeedReader feed, Groups groups, @Nullable SummaryPeriod period, LongSupplier time, long position) {
        this.period = period;
        this.feed = feed;
        this.groups = groups;
        this.time = time;
        this.position = position;
        tail = new RecentEvents(position);
    }

    long position() {
        return position;
    }

    Groups groups() {
        return groups;
    }

    long now() {
        return time.getAsLong();
    }

    /** Adds a commit. Needs no memory, and can't fail. */
    void add(Commit commit) {
        for (Event event : commit.events()) {
            tail.add(event);
        }
        position = commit.lastTimetoken();
        if (commit.erases()) {
            tail.clear(position);
        }
    }

    /** There are no events between the last one and a timetoken, if that is later. */
    void reach(long present) {
        position = Math.max(position, present);
    }

    /** All events up to there are in storage, and only there. */
    void skipTo(long itsPosition) {
        position = itsPosition;
        tail.clear(itsPosition);
    }

    /** How many events there are after a cursor; −1 when only storage has them all. */
    int countAfter(long cursor) {
        return tail.countAfter(cursor);
    }

    /** The first of the last so many events that are for a subscription, as many as fit into a delivery. */
    List<Match> matches(Subscription subscription, int count) {
        List<Match> matches = new ArrayList<>();
        long now = now();
        long bytes = 0;
        for (int place = count; place > 0; place--) {
            Event event = tail.fromEnd(place);
            String label = event.isToldAt(now) ? subscription.match(event, groups) : null;
            if (label != null) {
                if (!Delivery.fits(matches, bytes, event)) {
                    break;
                }
                bytes += event.envelope().length;
                matches.add(new Match(event, label));
            }
        }
        return matches;
    }

    /** All events after a cursor, ascending; null when only storage has them all. */
    @Nullable
    List<Event> since(long cursor) {
        return tail.since(cursor);
    }

    /** The stored events of a subscription, after a cursor and up to now. */
    StoredEvents stored(Subscription subscription, long cursor) {
        return new StoredEvents(subscription, cursor, position, now(), feed, groups, period);
    }
}
