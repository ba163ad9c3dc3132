package dev.manicule.server.api;

import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.hub.FeedReader;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Timetoken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Delivered to a subscriber of presence that returns with a cursor older than the retained presence events: for each
 * channel an interval event that asks it to fetch the members.
 *
 * <p>Filled by a worker, then read on an event loop.
 */
final class PresenceRefresh {
    /** Of a group or a wildcard with more channels the rest is left out: an answer has an end. */
    private static final int MOST_CHANNELS = 500;

    private final String keyset;
    /** Events up to it may be missing. */
    private final long below;
    private final List<Refreshed> refreshed = new ArrayList<>();

    /**
     * A channel whose presence is listened to.
     *
     * @param label how the subscription names it
     */
    record Watched(String channel, String label) {}

    private record Refreshed(Watched watched, long occupancy) {}

    PresenceRefresh(String keyset, long below) {
        this.keyset = keyset;
        this.below = below;
    }

    /** The channels whose presence a request subscribes to by name, a wildcard's own too, and as members of groups. */
    static Set<Watched> watched(ChannelSelection names, Groups directory) {
        Set<Watched> watched = new LinkedHashSet<>();
        names.channels()
                .stream()
                .filter(Channel::isPresence)
                .forEach(name -> watched.add(new Watched(Channel.withoutPresence(name), name)));
        for (String group : names.groups()) {
            if (Channel.isPresence(group)) {
                directory.members(new ChannelGroup(names.keyset(), Channel.withoutPresence(group)))
                        .keySet()
                        .stream()
                        .limit(MOST_CHANNELS)
                        .forEach(channel -> watched.add(new Watched(channel, group)));
            }
        }
        return watched;
    }

    /**
     * Searches storage for the channels below wildcards that ever had a presence event. On a worker, a page at a time.
     */
    static final class Search {
        private static final int ROWS = 500;

        private final FeedReader feed;
        private final String keyset;
        private final Iterator<String> wildcards;
        private final Set<Watched> found;
        /** Channels that are among them already, by whatever label. */
        private final Set<String> known = new HashSet<>();
        private @Nullable String wildcard;
        private @Nullable Channel from;

        /**
         * A search.
         *
         * @param found takes what is found, as many as one answer has
         */
        Search(FeedReader feed, String keyset, List<String> wildcards, Set<Watched> found) {
            this.feed = feed;
            this.keyset = keyset;
            this.wildcards = wildcards.iterator();
            this.found = found;
            found.forEach(watched -> known.add(watched.channel()));
        }

        /** Reads a page; false when there is no other. */
        boolean step() {
            String label = wildcard;
            if (label == null) {
                if (!wildcards.hasNext()) {
                    return false;
                }
                label = wildcards.next();
            }
            FeedReader.Page page = feed.channels(keyset, label.substring(0, label.length() - 1), 0, from, ROWS);
            for (Channel channel : page.channels()) {
                String name = channel.name();
                if (found.size() < MOST_CHANNELS && Channel.isPresence(name)
                        && known.add(Channel.withoutPresence(name))) {
                    found.add(new Watched(Channel.withoutPresence(name), label));
                }
            }
            from = page.next();
            wildcard = from == null ? null : label;
            return found.size() < MOST_CHANNELS;
        }
    }

    void add(Watched watched, long occupancy) {
        if (refreshed.size() < MOST_CHANNELS) {
            refreshed.add(new Refreshed(watched, occupancy));
        }
    }

    /** Whether a delivery is the one that brings the intervals: all before them has been delivered. */
    boolean isIn(Delivery delivery) {
        return delivery.cursor() >= below;
    }

    /** The delivery, with the intervals at its end unless it is too early. */
    Delivery in(Delivery delivery) {
        if (!isIn(delivery)) {
            return delivery;
        }
        long cursor = delivery.cursor();
        List<Match> intervals = new ArrayList<>(refreshed.size());
        for (int i = 0; i < refreshed.size(); i++) { // each at a timetoken of its own: clients drop what looks equal
            intervals.add(match(refreshed.get(i), cursor - (refreshed.size() - 1 - i)));
        }
        return delivery.with(intervals);
    }

    private Match match(Refreshed channel, long timetoken) {
        String name = channel.watched.channel() + Channel.PRESENCE;
        JsonWriter json = new JsonWriter().object()
                .member("a", "1")
                .member("f", 514)
                .object("p")
                .quoted("t", timetoken)
                .member("r", 1)
                .end()
                .member("k", keyset)
                .member("c", name)
                .object("d")
                .member("action", "interval")
                .member("timestamp", Timetoken.seconds(timetoken))
                .member("here_now_refresh", true)
                .member("occupancy", channel.occupancy)
                .end();
        return new Match(new Event(new Channel(keyset, name), timetoken, false, json.toOpenBytes()),
                channel.watched.label());
    }
}
