package dev.manicule.server.hub;

import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The answer to a poll. All polls of an event loop that receive the same events share one delivery, so that it is
 * encoded once.
 */
public final class Delivery {
    private final List<Match> matches;
    private final long cursor;
    private final boolean last;
    private final Map<Class<?>, Object> encoded = new HashMap<>(4);

    /**
     * An event for a subscriber.
     *
     * @param subscription the channel, wildcard or group that matched it
     */
    public record Match(Event event, String subscription) {}

    Delivery(List<Match> matches, long cursor) {
        this(matches, cursor, false);
    }

    private Delivery(List<Match> matches, long cursor, boolean last) {
        this.matches = matches;
        this.cursor = cursor;
        this.last = last;
    }

    /** An empty delivery, from a hub that ends. */
    static Delivery last(long cursor) {
        return new Delivery(List.of(), cursor, true);
    }

    /** The same with more at its end, for one subscriber. */
    public Delivery with(List<Match> more) {
        List<Match> all = new ArrayList<>(matches);
        all.addAll(more);
        return new Delivery(all, cursor, last);
    }

    /**
     * Whether one more event still fits: always the first one, and one that has the timetoken of the one before, since no
     * cursor lies between the two.
     */
    static boolean fits(List<Match> events, long bytes, Event next) {
        return events.isEmpty()
                || (events.size() < Hub.MOST_EVENTS && bytes + next.envelope().length <= Hub.MOST_BYTES)
                || events.getLast().event().timetoken() == next.timetoken();
    }

    /** Whether the hub ends, so that nothing more will be delivered. */
    public boolean isLast() {
        return last;
    }

    /**
     * The events, ascending, at most {@link Hub#MOST_EVENTS} and about {@link Hub#MOST_BYTES}, and all with the timetoken
     * of the last one; none when the wait was over.
     */
    public List<Match> matches() {
        return matches;
    }

    /** The cursor of the next poll: every event up to it that the poll subscribes to has been delivered. */
    public long cursor() {
        return cursor;
    }

    /** About how many bytes it is encoded. */
    long bytes() {
        long bytes = 0;
        for (Match match : matches) {
            bytes += match.event().envelope().length + match.subscription().length();
        }
        return bytes;
    }

    /** Its encoding by {@code encoder}, made once for each form. All callers are on one event loop. */
    public <T> T encoded(Class<T> form, Function<Delivery, T> encoder) {
        Object known = encoded.get(form);
        if (known == null) {
            known = encoder.apply(this); // which may ask for another form
            encoded.put(form, known);
        }
        return form.cast(known);
    }
}
