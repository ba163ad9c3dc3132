package dev.manicule.server.hub;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The oldest events in storage that match a subscription, as many as fit into one delivery: read channel by channel, a
 * step at a time; it keeps no more than the delivery. For one thread at a time.
 */
final class StoredEvents {
    /** How many channels below a wildcard are read in one step. */
    private static final int ROWS = 500;

    private final Subscription subscription;
    private final long after;
    private final long now;
    private final FeedReader feed;
    private final Groups groups;
    private final @Nullable SummaryPeriod period;
    private final TreeSet<Event> oldest = new TreeSet<>(Summaries.ORDER);
    private Iterator<Source> sources;
    private @Nullable StoredSummaries reading;
    private int wildcard;
    private @Nullable Channel wildcardFrom;
    private int group;
    private long bytes;
    /** The timetoken up to which the result will be complete. Of each channel, only events up to it still matter. */
    private long bound;

    private record Source(Channel channel, long after, long upTo) {}

    /**
     * The events after one timetoken and up to another.
     *
     * @param now the present timetoken
     * @param period of summaries in place of the events of actions; null for these
     */
    StoredEvents(Subscription subscription, long after, long upTo, long now, FeedReader feed, Groups groups,
            @Nullable SummaryPeriod period) {
        this.subscription = subscription;
        this.after = after;
        this.now = now;
        this.feed = feed;
        this.groups = groups;
        this.period = period;
        bound = upTo;
        sources = subscription.channels()
                .stream()
                .map(name -> new Source(new Channel(subscription.keyset(), name), after, upTo))
                .iterator();
    }

    /** Reads a little; false when all is read. */
    boolean step() {
        if (reading != null) {
            if (!reading.step()) {
                add(reading.events());
                reading = null;
            }
            return true;
        }
        if (sources.hasNext()) {
            Source source = sources.next();
            long upTo = Math.min(source.upTo(), bound);
            if (period == null) {
                add(feed.events(source.channel(), source.after(), upTo, now, Hub.MOST_EVENTS, Hub.MOST_BYTES));
            } else {
                reading = new StoredSummaries(feed, period, source.channel(), source.after(), upTo, now);
            }
            return true;
        }
        if (wildcard < subscription.wildcards().size()) {
            sources = nextBelowWildcard(subscription.wildcards().get(wildcard));
            return true;
        }
        if (group < subscription.groups().size()) {
            sources = sourcesOfGroup(subscription.groups().get(group));
            group++;
            return true;
        }
        return false;
    }

    /** Up to this timetoken {@link #events()} has all events. */
    long bound() {
        return bound;
    }

    /** The events that were found, ascending. */
    List<Event> events() {
        return new ArrayList<>(oldest);
    }

    /** About how many bytes of memory it holds now. */
    long weight() {
        return bytes + 100L * oldest.size() + (reading == null ? 0 : reading.weight());
    }

    private void add(List<Event> events) {
        if (events.isEmpty()) {
            return;
        }
        long read = 0;
        for (Event event : events) {
            read += event.envelope().length;
            if (oldest.add(event)) {
                bytes += event.envelope().length;
            }
        }
        if (events.size() >= Hub.MOST_EVENTS || read >= Hub.MOST_BYTES) { // there may be more of this channel
            bound = Math.min(bound, events.getLast().timetoken());
        }
        while (oldest.last().timetoken() > bound) {
            drop();
        }
        while ((oldest.size() > Hub.MOST_EVENTS || bytes > Hub.MOST_BYTES)
                && oldest.first().timetoken() < oldest.last().timetoken()) {
            long dropped = oldest.last().timetoken();
            while (oldest.last().timetoken() == dropped) { // no cursor lies between events with the same timetoken
                drop();
            }
            bound = oldest.last().timetoken();
        }
    }

    private void drop() {
        Event last = oldest.pollLast();
        bytes -= last == null ? 0 : last.envelope().length;
    }

    private Iterator<Source> nextBelowWildcard(String name) {
        FeedReader.Page page = feed.channels(subscription.keyset(), name.substring(0, name.length() - 1),
                period == null ? after : period.begin(after),
                wildcardFrom, ROWS);
        wildcardFrom = page.next();
        if (wildcardFrom == null) {
            wildcard++;
        }
        return page.channels()
                .stream()
                .filter(channel -> !Channel.isOfReadMarks(channel.name()))
                .map(channel -> new Source(channel, after, Long.MAX_VALUE))
                .iterator();
    }

    /** Events on a channel before it was added to a group, or after it was removed, are not events of the group. */
    private Iterator<Source> sourcesOfGroup(String name) {
        boolean presence = Channel.isPresence(name);
        String end = presence ? Channel.PRESENCE : "";
        ChannelGroup of = new ChannelGroup(subscription.keyset(),
                presence ? Channel.withoutPresence(name) : name);
        Stream<Source> present = groups.members(of)
                .entrySet()
                .stream()
                .map(member -> new Source(new Channel(of.keyset(), member.getKey() + end),
                        Math.max(after, member.getValue()), Long.MAX_VALUE));
        Stream<Source> former = groups.former(of)
                .stream()
                .filter(each -> each.to() > after)
                .map(each -> new Source(new Channel(of.keyset(), each.channel() + end), Math.max(after, each.from()),
                        each.to()));
        Stream<Source> own = presence ? Stream.of(new Source(of.presence(), after, Long.MAX_VALUE)) : Stream.of();
        return Stream.concat(Stream.concat(present, former), own).iterator();
    }
}
