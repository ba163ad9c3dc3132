package dev.manicule.server.hub;

import dev.manicule.server.limits.RedactedThrowable;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.filter.Filter;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The polls of one event loop. All of it happens on that loop, so nothing is locked, and every loop is told every
 * commit in order.
 *
 * <p>How a poll meets its events without a gap: all events up to {@link #position} are committed and have been told to
 * this shard; later ones will be told. A poll asks the {@link Tail}; where the tail is complete from the poll's cursor
 * on, the poll is answered or parked in the same step, and nothing can come between. Otherwise storage is read on
 * another thread, up to the position of that moment; if nothing is found, the poll has in effect moved up to that
 * position, and asks the tail again.
 */
public final class Shard {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    /** How long a poll is put off whose events can't be read just now. */
    private static final long PUT_OFF_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_FACTS = 1_000;
    /** The kind of an envelope ({@code e}) that tells of an action. */
    private static final Double MESSAGE_ACTION = 3.0;
    private static final long COMPLAIN_NANOS = Duration.ofSeconds(10).toNanos();

    private final Executor loop;
    private final Workers workers;
    private final FeedReader feed;
    private final LongSupplier time;
    private final LongSupplier nanoTime;
    private final long patience;
    private final Tail tail;
    private final Groups groups;
    private final HubFigures figures;
    private final Map<Channel, Topic> topics = new HashMap<>();
    /** Of events that filters looked at lately: mostly, many look at the same. */
    private final Map<Event, Facts> facts = new HashMap<>();
    /** The parked polls in the order in which they will time out. */
    private final Set<Poll> parked = new LinkedHashSet<>();
    /** The polls whose events could not be read, in the order in which they will be answered. */
    private final Set<Poll> putOff = new LinkedHashSet<>();
    private long position;
    private long complained;
    private boolean draining;

    /**
     * The polls that wait for a channel, a wildcard or a group, and what the commit that is being told holds for it.
     */
    private static final class Topic {
        final Channel name;
        final Set<Poll> polls = new LinkedHashSet<>();
        final List<Event> fresh = new ArrayList<>();
        @Nullable
        Delivery shared;

        Topic(Channel name) {
            this.name = name;
        }
    }

    /** What filters look at in an event; read once for all of them. */
    private record Facts(boolean always, @Nullable Object meta, @Nullable Object data) {
        /** Messages and signals are filtered; actions and presence, which have no meta, always pass. */
        static Facts of(Event event) {
            if (!Channel.isPresence(event.channel().name())) {
                byte[] whole = Arrays.copyOf(event.envelope(), event.envelope().length + 1);
                whole[whole.length - 1] = '}';
                if (JsonReader.tree(whole) instanceof Map<?, ?> envelope) {
                    return new Facts(Objects.equals(envelope.get("e"), MESSAGE_ACTION), envelope.get("u"),
                            envelope.get("d"));
                }
            }
            return new Facts(true, null, null);
        }

        boolean pass(Filter filter) {
            return always || filter.accepts(meta, data);
        }
    }

    Shard(Executor loop, Workers workers, FeedReader feed, Groups groups, HubFigures figures, LongSupplier time,
            LongSupplier nanoTime, Duration patience, long position) {
        this.figures = figures;
        this.loop = loop;
        this.workers = workers;
        this.feed = feed;
        this.groups = groups;
        this.time = time;
        this.nanoTime = nanoTime;
        this.patience = patience.toNanos();
        this.position = position;
        complained = nanoTime.getAsLong() - COMPLAIN_NANOS - 1;
        tail = new Tail(position);
    }

    /**
     * Answers at once when there is something after the cursor, else as soon as there is, or when patience ends.
     *
     * @param cursor the subscriber has all events up to it
     * @param client what reads of storage for it are charged to
     */
    public Poll poll(Subscription subscription, long cursor, Client client, Poll.Waiter waiter) {
        Poll poll = new Poll(this, subscription, cursor, client, waiter);
        settle(poll);
        return poll;
    }

    /** How many polls are parked. */
    public int parked() {
        return parked.size();
    }

    /** Tells all parked polls what was committed. */
    void tell(Commit commit) {
        Set<Topic> touched = new LinkedHashSet<>();
        for (Event event : commit.events()) {
            tail.add(event);
            for (Channel name : topics.isEmpty() ? List.<Channel>of() : Subscription.topicsOf(event, groups)) {
                Topic topic = topics.get(name);
                if (topic != null) {
                    topic.fresh.add(event);
                    touched.add(topic);
                }
            }
        }
        position = commit.lastTimetoken();
        if (commit.erases()) {
            tail.clear(position);
        }
        for (Topic topic : touched) {
            for (Poll poll : List.copyOf(topic.polls)) {
                wake(poll, topic);
            }
        }
        for (Topic topic : touched) {
            topic.fresh.clear();
            topic.shared = null;
        }
    }

    /** Answers the polls whose patience has ended. */
    void expire() {
        long now = nanoTime.getAsLong();
        List<Poll> expired = new ArrayList<>();
        for (Set<Poll> waiting : List.of(parked, putOff)) {
            for (Poll poll : waiting) {
                if (poll.deadline - now > 0) {
                    break;
                }
                expired.add(poll);
            }
        }
        expired.forEach(this::answerIdle);
    }

    /** Answers all polls, now and from now on, without waiting for anything. */
    void drain() {
        draining = true;
        List.copyOf(parked).forEach(this::answerIdle);
        List.copyOf(putOff).forEach(this::answerIdle);
    }

    void release(Poll poll) {
        answerIdle(poll);
    }

    void cancel(Poll poll) {
        poll.over = true;
        unpark(poll);
    }

    private void settle(Poll poll) {
        while (true) {
            Optional<List<Event>> news = tail.after(poll.seen,
                    event -> poll.subscription.match(event, groups) != null, time.getAsLong(), Hub.MOST_EVENTS);
            if (news.isEmpty()) {
                readStorage(poll);
                return;
            }
            if (news.get().isEmpty()) {
                if (draining) {
                    answerIdle(poll);
                } else {
                    park(poll);
                }
                return;
            }
            if (answerWith(poll, news.get())) {
                return;
            }
        }
    }

    /** Answers with those of the oldest events that pass the filter; if none does, the poll has seen them. */
    private boolean answerWith(Poll poll, List<Event> ascending) {
        List<Event> page = ascending.size() > Hub.MOST_EVENTS ? ascending.subList(0, Hub.MOST_EVENTS) : ascending;
        List<Match> passing = passing(poll.subscription, page);
        poll.seen = page.getLast().timetoken();
        if (passing.isEmpty()) {
            return false;
        }
        answer(poll, new Delivery(passing, poll.seen));
        return true;
    }

    private List<Match> passing(Subscription subscription, List<Event> events) {
        List<Match> passing = new ArrayList<>(events.size());
        for (Event event : events) {
            String match = subscription.match(event, groups);
            if (match != null && passes(subscription.filter(), event)) {
                passing.add(new Match(event, match));
            }
        }
        return passing;
    }

    private boolean passes(@Nullable Filter filter, Event event) {
        if (filter == null) {
            return true;
        }
        if (facts.size() > MOST_FACTS) {
            facts.clear();
        }
        return facts.computeIfAbsent(event, Facts::of).pass(filter);
    }

    private void readStorage(Poll poll) {
        long upTo = position;
        long after = poll.seen;
        figures.catchUps.increment();
        try {
            workers.execute(poll.client, () -> {
                List<Event> events;
                try {
                    events = storedEvents(poll.subscription, after, upTo);
                } catch (RuntimeException e) {
                    loop.execute(() -> putOff(poll, e));
                    return;
                }
                loop.execute(() -> caughtUp(poll, upTo, events));
            });
        } catch (RejectedExecutionException e) {
            putOff(poll, e);
        }
    }

    private List<Event> storedEvents(Subscription subscription, long after, long upTo) {
        List<Event> oldest = new ArrayList<>();
        long bound = upTo;
        long now = time.getAsLong();
        for (Map.Entry<Channel, Long> channel : channels(subscription, after).entrySet()) {
            oldest.addAll(feed.events(channel.getKey(), channel.getValue(), bound, now, Hub.MOST_EVENTS));
            if (oldest.size() >= Hub.MOST_EVENTS) { // of the other channels only what is older still can matter
                oldest = new ArrayList<>(inOrder(oldest));
                bound = oldest.getLast().timetoken();
            }
        }
        return inOrder(oldest);
    }

    /** All channels whose events the subscription takes in, and from where on. */
    private Map<Channel, Long> channels(Subscription subscription, long after) {
        String keyset = subscription.keyset();
        Map<Channel, Long> channels = new LinkedHashMap<>();
        subscription.channels().forEach(name -> channels.put(new Channel(keyset, name), after));
        for (String wildcard : subscription.wildcards()) {
            feed.channels(keyset, wildcard.substring(0, wildcard.length() - 1), after)
                    .forEach(channel -> channels.put(channel, after));
        }
        for (String name : subscription.groups()) {
            boolean presence = Channel.isPresence(name);
            String group = presence ? Channel.withoutPresence(name) : name;
            String end = presence ? Channel.PRESENCE : "";
            groups.members(new ChannelGroup(keyset, group))
                    .forEach((member, since) -> channels.merge(new Channel(keyset, member + end),
                            Math.max(after, since), Math::min));
        }
        return channels;
    }

    private void caughtUp(Poll poll, long upTo, List<Event> events) {
        if (poll.over) {
            return;
        }
        if (events.isEmpty()) {
            poll.seen = Math.max(poll.seen, upTo);
            settle(poll);
        } else if (!answerWith(poll, events)) {
            settle(poll);
        }
    }

    private void wake(Poll poll, Topic topic) {
        Subscription subscription = poll.subscription;
        List<Event> fresh = topic.fresh;
        boolean plain = subscription.filter() == null && subscription.silent().isEmpty()
                && fresh.getFirst().timetoken() > poll.seen
                && subscription.channels().size() + subscription.wildcards().size() + subscription.groups().size() == 1;
        if (plain) { // the common case: everybody in it gets the same bytes
            if (topic.shared == null) {
                String label = Subscription.label(topic.name);
                List<Event> page = inOrder(new ArrayList<>(fresh));
                topic.shared = new Delivery(page.stream().map(event -> new Match(event, label)).toList(),
                        page.getLast().timetoken());
            }
            answer(poll, topic.shared);
            return;
        }
        Set<Event> events = new LinkedHashSet<>();
        for (Channel name : subscription.topics()) {
            Topic own = topics.get(name);
            if (own != null) {
                events.addAll(own.fresh);
            }
        }
        events.removeIf(event -> event.timetoken() <= poll.seen);
        List<Event> ascending = new ArrayList<>(events);
        ascending.sort(Comparator.comparingLong(Event::timetoken));
        for (int from = 0; from < ascending.size() && !poll.over; from += Hub.MOST_EVENTS) {
            answerWith(poll, ascending.subList(from, ascending.size()));
        }
    }

    private static List<Event> inOrder(List<Event> events) {
        events.sort(Comparator.comparingLong(Event::timetoken));
        return events.size() > Hub.MOST_EVENTS ? events.subList(0, Hub.MOST_EVENTS) : events;
    }

    private void park(Poll poll) {
        poll.deadline = nanoTime.getAsLong() + patience;
        parked.add(poll);
        for (Channel name : poll.subscription.topics()) {
            topics.computeIfAbsent(name, Topic::new).polls.add(poll);
        }
    }

    /**
     * The poll is answered in a while, with no events and the cursor it came with, so that its client asks again. An
     * error would be worse: clients in use give up after one, or start anew without their cursor.
     */
    private void putOff(Poll poll, RuntimeException cause) {
        if (nanoTime.getAsLong() - complained > COMPLAIN_NANOS) { // thousands of polls may fail at once
            complained = nanoTime.getAsLong();
            LOG.error("Events can't be read; subscribers are asked to come again", RedactedThrowable.of(cause));
        }
        if (draining) {
            answerIdle(poll);
        } else if (!poll.over) {
            poll.deadline = nanoTime.getAsLong() + PUT_OFF_NANOS;
            putOff.add(poll);
        }
    }

    private void unpark(Poll poll) {
        putOff.remove(poll);
        if (!parked.remove(poll)) {
            return;
        }
        for (Channel name : poll.subscription.topics()) {
            Topic topic = topics.get(name);
            if (topic != null && topic.polls.remove(poll) && topic.polls.isEmpty()) {
                topics.remove(name);
            }
        }
    }

    private void answerIdle(Poll poll) {
        answer(poll, draining ? Delivery.last(poll.seen) : new Delivery(List.of(), poll.seen));
    }

    private void answer(Poll poll, Delivery delivery) {
        if (!poll.over) {
            poll.over = true;
            unpark(poll);
            if (!delivery.matches().isEmpty()) {
                figures.deliveries.increment();
                figures.events.add(delivery.matches().size());
            }
            poll.waiter.deliver(delivery);
        }
    }
}
