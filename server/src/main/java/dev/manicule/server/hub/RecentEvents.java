package dev.manicule.server.hub;

import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last events of all channels, so that a subscriber that reconnects at once (most do, all the time) catches up from
 * memory. It is complete above its floor: each event with a higher timetoken is here.
 *
 * <p>Belongs to an event loop, which alone changes it; other threads may call {@link #since}.
 */
final class RecentEvents {
    /** Storage, which has an index, is better for a subscriber that has missed more. A power of two. */
    private static final int MOST_EVENTS = 256;
    /** All tails together, which hold mostly the same events, take a small part of a small heap. */
    private static final long MOST_BYTES = Math.min(8 << 20, Runtime.getRuntime().maxMemory() / 32);

    /** A ring, made once: adding an event needs no memory and can't fail. */
    private final @Nullable Event[] ring = new @Nullable Event[MOST_EVENTS];
    /** The counts of all events that were added and that were dropped. The lowest bits are places in the ring. */
    private long added;
    private long dropped;
    private long bytes;
    private long floor;

    RecentEvents(long floor) {
        this.floor = floor;
    }

    synchronized void add(Event event) {
        if (added - dropped == MOST_EVENTS) {
            drop();
        }
        ring[place(added)] = event;
        added++;
        bytes += event.envelope().length;
        while (bytes > MOST_BYTES) {
            drop();
        }
    }

    private void drop() {
        Event oldest = at(dropped);
        ring[place(dropped)] = null;
        dropped++;
        bytes -= oldest.envelope().length;
        floor = oldest.timetoken();
    }

    /** Drops all; {@code position} is the timetoken of the last event so far. */
    synchronized void clear(long position) {
        Arrays.fill(ring, null);
        dropped = added;
        bytes = 0;
        floor = position;
    }

    /** How many events there are after a cursor; −1 when only storage has them all. */
    int countAfter(long cursor) {
        if (cursor < floor) {
            return -1;
        }
        if (added == dropped || at(added - 1).timetoken() <= cursor) {
            return 0; // as mostly
        }
        long low = dropped;
        long high = added - 1; // which is after the cursor
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (at(middle).timetoken() > cursor) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return (int) (added - low);
    }

    /** One of the last events, 1 for the very last. */
    Event fromEnd(int place) {
        return at(added - place);
    }

    /** All events after a cursor, ascending; null when only storage has them all. Any thread may call it. */
    synchronized @Nullable List<Event> since(long cursor) {
        int count = countAfter(cursor);
        if (count < 0) {
            return null;
        }
        List<Event> events = new ArrayList<>(count);
        for (int place = count; place > 0; place--) {
            events.add(fromEnd(place));
        }
        return events;
    }

    private Event at(long index) {
        Event event = ring[place(index)];
        if (event == null) {
            throw new IllegalStateException("no event is missing in between");
        }
        return event;
    }

    private static int place(long index) {
        return (int) index & (MOST_EVENTS - 1);
    }
}
