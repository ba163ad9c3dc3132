package dev.manicule.server.hub;

import dev.manicule.server.model.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The last events of all channels, so that a subscriber who comes back at once (most do, all the time) is caught up
 * with out of memory. It is complete above its floor: each event with a higher timetoken is here.
 */
final class Tail {
    /** Who has missed more is better served by storage, which has an index. */
    private static final int MOST_EVENTS = 256;
    private static final long MOST_BYTES = 8 << 20;

    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long bytes;
    private long floor;

    Tail(long floor) {
        this.floor = floor;
    }

    void add(Event event) {
        events.addLast(event);
        bytes += event.envelope().length;
        while (events.size() > MOST_EVENTS || bytes > MOST_BYTES) {
            Event dropped = events.removeFirst();
            bytes -= dropped.envelope().length;
            floor = dropped.timetoken();
        }
    }

    /** Forgets all; {@code position} is the timetoken of the last event there was. */
    void clear(long position) {
        events.clear();
        bytes = 0;
        floor = position;
    }

    /**
     * The oldest wanted events after a cursor, ascending, or nothing when storage must be asked.
     *
     * @param now the present time, by which transient events are too old
     * @param limit the most events
     */
    Optional<List<Event>> after(long cursor, Predicate<Event> wanted, long now, int limit) {
        if (cursor < floor) {
            return Optional.empty();
        }
        List<Event> found = new ArrayList<>();
        for (Iterator<Event> newestFirst = events.descendingIterator(); newestFirst.hasNext();) {
            Event event = newestFirst.next();
            if (event.timetoken() <= cursor) {
                break;
            }
            if (event.isToldAt(now) && wanted.test(event)) {
                found.add(event);
            }
        }
        Collections.reverse(found);
        return Optional.of(found.size() > limit ? found.subList(0, limit) : found);
    }
}
