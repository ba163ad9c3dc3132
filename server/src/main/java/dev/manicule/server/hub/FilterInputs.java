package dev.manicule.server.hub;

import dev.manicule.server.filter.FilterInput;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates filters on events. On an event loop only where that is cheap, and only for about a millisecond in one turn:
 * sizes that publishers and subscribers choose must not make others wait. Workers do the evaluations that are not
 * cheap.
 *
 * <p>The input of filters is parsed from an event once for all filters of a turn, and dropped after it: as objects it
 * may take thirty times the memory that it takes as JSON.
 */
final class FilterInputs {
    /** The most bytes of an event that is read on an event loop. */
    private static final int MOST_BYTES_OF_ONE = 4 << 10;
    /** The most bytes of all events that are read in one turn. */
    private static final int MOST_BYTES = 64 << 10;
    /** The most that one evaluation of a filter on an event may take: its parts times the bytes of the event. */
    private static final long MOST_OF_ONE = 200_000;
    /** The most that all filters may take in one turn, in the measure of {@link FilterInput#cost()}. */
    private static final long MOST_WORK = 1_000_000;
    /** An event of more values passes unread: to deliver too much is better than to lose, or to run out of memory. */
    private static final int MOST_VALUES = 100_000;
    private static final Set<String> META = Set.of("e", "u");
    private static final Set<String> META_AND_DATA = Set.of("e", "u", "d");
    /** The kind of an envelope ({@code e}) of an action. */
    private static final Double MESSAGE_ACTION = 3.0;
    /** The same of an event of App Context. */
    private static final Double OBJECT = 2.0;

    private final Map<Event, Read> read = new HashMap<>();
    private int bytesLeft;
    private long workLeft;

    /**
     * An event as input of filters.
     *
     * @param input null for an event that always passes
     * @param withData whether its data was read too
     */
    private record Read(@Nullable FilterInput input, boolean withData) {
        private static final Read PASSES = new Read(null, true);
    }

    /**
     * Begins a turn with new time.
     *
     * @param part how small a part of a whole turn, 1 for all of it
     */
    void begin(int part) {
        bytesLeft = MOST_BYTES / part;
        workLeft = MOST_WORK / part;
    }

    /** Drops all events. */
    void clear() {
        read.clear();
    }

    /** Whether an event passes; null when the evaluation would take too long here and now. */
    @Nullable
    Boolean passes(SharedFilter shared, Event event) {
        if (event.isOfAction()) {
            return true;
        }
        Boolean known = shared.known(event.timetoken());
        if (known != null) {
            return known;
        }
        int size = event.envelope().length;
        if (size > MOST_BYTES_OF_ONE || (long) size * shared.filter.parts() > MOST_OF_ONE
                || workLeft <= 0) {
            return null;
        }
        Read of = read.get(event);
        if (of == null || (shared.filter.readsData() && !of.withData())) {
            if (size > bytesLeft) {
                return null;
            }
            bytesLeft -= size;
            of = read(event, shared.filter.readsData());
            read.put(event, of);
        }
        FilterInput input = of.input();
        long before = input == null ? 0 : input.cost();
        boolean passes = input == null || shared.filter.accepts(input);
        workLeft -= 1 + (input == null ? 0 : input.cost() - before);
        shared.know(event.timetoken(), passes);
        return passes;
    }

    /** Whether an event passes, however long it takes. On a worker. */
    static boolean passesSlowly(SharedFilter shared, Event event) {
        if (event.isOfAction()) {
            return true;
        }
        Boolean known = shared.known(event.timetoken());
        if (known != null) {
            return known;
        }
        FilterInput input = read(event, shared.filter.readsData()).input();
        boolean passes = input == null || shared.filter.accepts(input);
        shared.know(event.timetoken(), passes);
        return passes;
    }

    /** Messages and signals are filtered; actions, presence, App Context and read marks, which have no meta, always pass. */
    private static Read read(Event event, boolean withData) {
        String channel = event.channel().name();
        if (Channel.isPresence(channel) || Channel.isOfReadMarks(channel)) {
            return Read.PASSES;
        }
        int length = event.envelope().length;
        byte[] whole = JsonWriter.closed(event.envelope());
        Map<String, @Nullable Object> members = JsonReader.trees(whole, withData ? META_AND_DATA : META, MOST_VALUES);
        Object kind = members == null ? null : members.get("e");
        return members == null || MESSAGE_ACTION.equals(kind) || OBJECT.equals(kind)
                ? Read.PASSES
                : new Read(new FilterInput(members.get("u"), members.get("d"), length), withData);
    }
}
