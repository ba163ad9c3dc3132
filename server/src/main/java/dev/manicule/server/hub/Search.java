package dev.manicule.server.hub;

import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the next events of a poll on the workers, in slices, for as long as the poll waits: in storage, or in the
 * tail where a filter or a subscription costs too much for the event loop. Its memory is charged to its client
 * meanwhile.
 */
final class Search implements Workers.Task {
    private static final long SLICE_NANOS = 2_000_000;
    private static final int STEPS_OF_A_SLICE = 200;

    private final Shard shard;
    private final Events events;
    private final Poll poll;
    private final int round;
    private final Charge held;
    /** All events up to it have been checked, and were not for the poll. */
    private long seen;
    private @Nullable StoredEvents stored;
    private List<Event> candidates = List.of();
    private int next;
    private long bytes;
    private final List<Match> found = new ArrayList<>();
    /** All events up to it are among the candidates, or were seen before. */
    private long end;
    /** The last candidate that is for the poll, whether or not it passes the filter. */
    private long lastMatch;
    private long now;

    /** A search for the next events of a poll. */
    Search(Shard shard, Poll poll) {
        this.shard = shard;
        events = shard.events();
        this.poll = poll;
        round = poll.round();
        seen = poll.seen;
        held = poll.client.charge(Resource.MEMORY);
    }

    @Override
    public boolean run() {
        boolean hasMore = false;
        try {
            hasMore = slice();
            return hasMore;
        } catch (Throwable e) { // an Error too: it ends this search, and the poll has to receive it
            hasMore = false;
            shard.onLoop(() -> shard.failed(poll, round, e));
            return false;
        } finally {
            if (!hasMore) {
                held.release();
            }
        }
    }

    private boolean slice() {
        long begin = shard.nanoTime();
        for (int step = 0; step < STEPS_OF_A_SLICE && shard.nanoTime() - begin <= SLICE_NANOS; step++) {
            if (!poll.isIn(round)) {
                return false; // the client has gone, or was answered
            }
            if (!step()) {
                shard.onLoop(() -> shard.found(poll, round, found, seen));
                return false;
            }
        }
        poll.searched = seen; // so the work of a search is kept when the poll times out
        return true;
    }

    /** Does a little of the search; false when it is over. */
    private boolean step() {
        if (next < candidates.size()) {
            look(candidates.get(next));
            next++;
            return true;
        }
        if (!candidates.isEmpty()) {
            candidates = List.of();
            seen = found.isEmpty() ? end : lastMatch;
            if (!found.isEmpty()) {
                return false;
            }
        }
        StoredEvents reading = stored;
        if (reading == null) {
            return begin();
        }
        boolean isRead = !reading.step();
        hold(reading.weight());
        if (isRead) {
            stored = null;
            take(reading.events(), reading.bound());
        }
        return !isRead || !candidates.isEmpty();
    }

    /** Begins after the last event that was checked; false when there are no later ones. */
    private boolean begin() {
        now = events.now();
        List<Event> last = events.since(seen);
        if (last == null) {
            shard.metrics().catchUps.increment();
            stored = events.stored(poll.subscription, seen);
            return true;
        }
        if (last.isEmpty()) {
            return false;
        }
        take(last, last.getLast().timetoken());
        return true;
    }

    private void take(List<Event> ascending, long upTo) {
        candidates = ascending;
        next = 0;
        bytes = 0;
        end = upTo;
        if (ascending.isEmpty()) {
            seen = Math.max(seen, upTo);
        }
    }

    /**
     * Checks a candidate; if it is for the poll, and fits, it is found. Candidates from the first that does not fit on
     * wait.
     */
    private void look(Event event) {
        String label = event.isToldAt(now) ? poll.subscription.match(event, events.groups()) : null;
        if (label == null) {
            return;
        }
        if (!Delivery.fits(found, bytes, event)) {
            candidates = candidates.subList(0, next);
            return;
        }
        if (poll.filter == null || FilterInputs.passesSlowly(poll.filter, event)) {
            bytes += event.envelope().length;
            found.add(new Match(event, label));
            hold(bytes);
        }
        lastMatch = event.timetoken();
    }

    private void hold(long weight) {
        if (!held.resize(weight)) {
            throw new RejectedExecutionException("the client holds too much memory");
        }
    }
}
