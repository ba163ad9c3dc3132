package dev.manicule.server.hub;

import dev.manicule.server.hub.Summary.Change;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the events for subscribers of summaries from all events: those that change no count as they are, and summaries
 * of the others. It keeps the counts that have changed in the period that runs, and what is ready and was not taken.
 * For one thread at a time.
 */
final class Summaries {
    /**
     * The order of events for a subscriber of summaries: by timetoken. A summary may have that of another summary or of
     * an event; then it is before the event, and no delivery ends between them.
     */
    static final Comparator<Event> ORDER = Comparator.comparingLong(Event::timetoken)
            .thenComparing(event -> !event.isOfAction())
            .thenComparing(Event::channel)
            .thenComparing(Event::envelope, Arrays::compare);
    private static final int BYTES_OF_A_SUMMARY = 300;
    private static final Comparator<Due> BY_PLACE = Comparator.comparingLong(Due::place)
            .thenComparing(due -> due.summary().channel())
            .thenComparing(due -> String.valueOf(due.summary().message())); // as their envelopes compare

    private final SummaryPeriod period;
    private final Map<Channel, Map<Long, Summary>> running = new HashMap<>();
    /** The end of the period that runs; meaningless when it has no summaries. */
    private long end;
    private final Deque<Due> due = new ArrayDeque<>();
    /** Events that change no count, ascending. */
    private final Deque<Event> others = new ArrayDeque<>();
    private long bytes;

    private record Due(Summary summary, long place) {}

    Summaries(SummaryPeriod period) {
        this.period = period;
    }

    /** Takes in an event, which is later than those before. */
    void add(Event event) {
        add(event, 0);
    }

    /**
     * The same.
     *
     * @param from changes of counts before this timetoken are left out
     */
    void add(Event event, long from) {
        Change change = Change.of(event);
        if (change == null) {
            others.add(event);
            return;
        }
        if (event.timetoken() < from) {
            return;
        }
        long itsEnd = period.end(event.timetoken());
        if (itsEnd != end) {
            endPeriod();
            end = itsEnd;
        }
        Map<Long, Summary> ofChannel = running.computeIfAbsent(event.channel(), absent -> new HashMap<>());
        Summary summary = ofChannel.get(change.message());
        if (summary == null) {
            summary = new Summary(event.channel(), change.message());
            ofChannel.put(change.message(), summary);
            bytes += BYTES_OF_A_SUMMARY;
        }
        bytes += summary.add(change, event.timetoken());
    }

    private void endPeriod() {
        List<Due> ended = new ArrayList<>();
        running.values()
                .forEach(ofChannel -> ofChannel.values()
                        .forEach(summary -> ended.add(new Due(summary, period.place(summary.asOf())))));
        ended.sort(BY_PLACE);
        due.addAll(ended);
        running.clear();
    }

    /**
     * The timetoken of the next event that is ready: a summary, or an event that changes no count. {@link Long#MAX_VALUE}
     * when there is none up to {@code read}.
     *
     * @param read all events up to it have been added
     */
    long first(long read) {
        if (!running.isEmpty() && read >= end) {
            endPeriod();
        }
        long first = Math.min(due.isEmpty() ? Long.MAX_VALUE : due.getFirst().place(),
                others.isEmpty() ? Long.MAX_VALUE : others.getFirst().timetoken());
        return first <= read ? first : Long.MAX_VALUE;
    }

    /** Takes out the next event, where {@link #first} says that there is one. */
    Event next() {
        Due first = due.peekFirst();
        Event other = others.peekFirst();
        if (first == null || (other != null && other.timetoken() < first.place())) {
            return others.removeFirst();
        }
        due.removeFirst();
        bytes -= first.summary().bytes() + BYTES_OF_A_SUMMARY;
        return first.summary().event(first.place());
    }

    /** The first timetoken after all places of the summaries that it has; 0 without any. */
    long settled() {
        if (!running.isEmpty()) {
            return period.settled(end);
        }
        return due.isEmpty() ? 0 : due.getLast().place() + 1;
    }

    /** About how many bytes of memory its summaries take. */
    long bytes() {
        return bytes;
    }

    /** Drops all summaries; returns the ends of their periods. */
    Set<Long> drop() {
        Set<Long> ends = new TreeSet<>();
        due.forEach(each -> ends.add(period.end(each.summary().asOf())));
        if (!running.isEmpty()) {
            ends.add(end);
        }
        running.clear();
        due.clear();
        bytes = 0;
        return ends;
    }

    /** Drops all. */
    void clear() {
        running.clear();
        due.clear();
        others.clear();
        bytes = 0;
    }
}
