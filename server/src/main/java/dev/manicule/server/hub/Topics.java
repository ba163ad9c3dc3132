package dev.manicule.server.hub;

import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.hub.Poll.State;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The polls by the topics that they wait for. A subscriber of N topics is put under each of them once, and the events
 * of a commit for it are collected from the topics of the events: the time depends on the number of matches, not on how
 * many names are listed.
 *
 * <p>Belongs to an event loop.
 */
final class Topics {
    private final Map<Channel, Topic> topics = new HashMap<>();
    /** The groups, by keyset, that are among the topics. */
    private final Map<String, Set<String>> groupTopics = new HashMap<>();
    private final List<Topic> touched = new ArrayList<>();
    private final List<Poll> woken = new ArrayList<>();

    /** A poll's place among those of a topic. Knows its index there, so that removal takes constant time. */
    static final class Place {
        final Poll poll;
        private final Topic topic;
        private int index;

        private Place(Poll poll, Topic topic) {
            this.poll = poll;
            this.topic = topic;
        }
    }

    /** Places without an order of their own. */
    private static final class Places {
        private static final Place[] NONE = {};
        private @Nullable Place[] places = NONE;
        private int size;

        void add(Place place) {
            if (size == places.length) {
                places = Arrays.copyOf(places, Math.max(1, 2 * size));
            }
            place.index = size;
            places[size] = place;
            size++;
        }

        void remove(Place place) {
            size--;
            Place last = get(size);
            places[place.index] = last;
            last.index = place.index;
            places[size] = null;
            if (size < places.length / 4) {
                places = Arrays.copyOf(places, 2 * size);
            }
        }

        Place get(int index) {
            Place place = places[index];
            if (place == null) {
                throw new IllegalStateException("no place is empty below the size");
            }
            return place;
        }
    }

    /** A channel, a wildcard or a group that polls wait for, and its events of the commit that is being delivered. */
    static final class Topic {
        private final Channel name;
        private final String label;
        private final boolean isWildcard;
        /** Of polls of this topic alone that want all of it: they share one delivery. */
        private final Places plain = new Places();
        private final Places others = new Places();
        private @Nullable List<Match> fresh;
        private long freshBytes;
        private boolean hasMore;

        private Topic(Channel name) {
            this.name = name;
            label = Subscription.label(name);
            isWildcard = label.equals(name.name()) && label.endsWith(Channel.WILDCARD);
        }

        private Places of(Poll poll) {
            return poll.isPlain ? plain : others;
        }

        /** The polls of this topic alone that want all of it, as they are now. */
        List<Poll> plainPolls() {
            List<Poll> polls = new ArrayList<>(plain.size);
            for (int i = 0; i < plain.size; i++) {
                polls.add(plain.get(i).poll);
            }
            return polls;
        }

        /** The first events of the commit, as many as fit into one delivery. */
        List<Match> fresh() {
            return fresh == null ? List.of() : fresh;
        }

        private boolean isFirst(Match match) {
            List<Match> matches = fresh;
            if (matches == null) {
                matches = new ArrayList<>(1);
                fresh = matches;
                freshBytes = 0;
                hasMore = false;
            }
            hasMore |= !Delivery.fits(matches, freshBytes, match.event());
            if (!hasMore) { // none after one that did not fit: a cursor may not skip it
                freshBytes += match.event().envelope().length;
                matches.add(match);
            }
            return matches.size() == 1 && !hasMore;
        }
    }

    /** Collects the events of a commit by the polls that wait for them, until {@link #clear}. */
    void collect(List<Event> events, Groups groups) {
        if (topics.isEmpty()) {
            return;
        }
        for (Event event : events) {
            Set<String> waitedFor = groupTopics.getOrDefault(event.channel().keyset(), Set.of());
            for (Channel name : Subscription.topicsOf(event, groups, waitedFor)) { // the first one's label counts
                Topic topic = topics.get(name);
                if (topic != null) {
                    collect(topic, new Match(event, topic.label));
                }
            }
        }
    }

    private void collect(Topic topic, Match match) {
        boolean isPresence = Channel.isPresence(match.event().channel().name());
        if (topic.plain.size > 0 && topic.isFirst(match)) {
            touched.add(topic);
        }
        for (int i = 0; i < topic.others.size; i++) {
            Poll poll = topic.others.get(i).poll;
            if (poll.state == State.WAITING && poll.seen < match.event().timetoken()
                    && !(isPresence && topic.isWildcard && poll.subscription.isSilent(topic.label))
                    && poll.add(match)) {
                woken.add(poll);
            }
        }
    }

    /** The topics that have plain polls and events in the commit. */
    List<Topic> touched() {
        return touched;
    }

    /** The other polls that have events in the commit. */
    List<Poll> woken() {
        return woken;
    }

    /** Drops the collected events. */
    void clear() {
        touched.forEach(topic -> topic.fresh = null);
        touched.clear();
        woken.forEach(poll -> poll.fresh = null);
        woken.clear();
    }

    /** Puts a poll under all its topics. */
    void add(Poll poll) {
        List<Channel> names = poll.subscription.topics();
        Place[] places = new Place[names.size()];
        poll.places = places;
        for (int i = 0; i < places.length; i++) {
            Topic topic = topics.computeIfAbsent(names.get(i), this::topic);
            places[i] = new Place(poll, topic);
            topic.of(poll).add(places[i]);
        }
    }

    /** Removes a poll from all its topics. */
    void remove(Poll poll) {
        Place[] places = poll.places;
        if (places == null) {
            return;
        }
        poll.places = null;
        for (Place place : places) {
            if (place == null) {
                break; // adding it has failed half way
            }
            Topic topic = place.topic;
            topic.of(poll).remove(place);
            if (topic.plain.size + topic.others.size == 0) {
                forget(topic);
            }
        }
    }

    private Topic topic(Channel name) {
        Topic topic = new Topic(name);
        if (Subscription.isGroup(name)) {
            groupTopics.computeIfAbsent(name.keyset(), absent -> new HashSet<>()).add(topic.label);
        }
        return topic;
    }

    private void forget(Topic topic) {
        topics.remove(topic.name);
        Set<String> groups = Subscription.isGroup(topic.name) ? groupTopics.get(topic.name.keyset()) : null;
        if (groups != null) {
            groups.remove(topic.label);
            if (groups.isEmpty()) {
                groupTopics.remove(topic.name.keyset());
            }
        }
    }
}
