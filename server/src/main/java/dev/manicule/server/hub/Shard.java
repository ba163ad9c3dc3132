package dev.manicule.server.hub;

import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
    private static final long COMPLAIN_NANOS = Duration.ofSeconds(10).toNanos();

    private final Executor loop;
    private final Executor readers;
    private final FeedReader feed;
    private final LongSupplier time;
    private final LongSupplier nanoTime;
    private final long patience;
    private final Tail tail;
    private final Map<Channel, Topic> topics = new HashMap<>();
    /** The parked polls in the order in which they will time out. */
    private final Set<Poll> parked = new LinkedHashSet<>();
    /** The polls whose events could not be read, in the order in which they will be answered. */
    private final Set<Poll> putOff = new LinkedHashSet<>();
    private long position;
    private long complained;
    private boolean draining;

    /** The polls that wait for a channel, and what a commit being told holds for it. */
    private static final class Topic {
        final Set<Poll> polls = new LinkedHashSet<>();
        final List<Event> fresh = new ArrayList<>();
        @Nullable
        Delivery shared;
    }

    Shard(Executor loop, Executor readers, FeedReader feed, LongSupplier time, LongSupplier nanoTime, Duration patience,
            long position) {
        this.loop = loop;
        this.readers = readers;
        this.feed = feed;
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
     * @param channels each once
     * @param cursor the subscriber has all events up to it
     */
    public Poll poll(List<Channel> channels, long cursor, Poll.Waiter waiter) {
        Poll poll = new Poll(this, channels, cursor, waiter);
        settle(poll);
        return poll;
    }

    /** How many polls are parked. */
    public int parked() {
        return parked.size();
    }

    /** Tells all parked polls what was committed. */
    void tell(Commit commit) {
        List<Topic> touched = new ArrayList<>();
        for (Event event : commit.events()) {
            tail.add(event);
            Topic topic = topics.get(event.channel());
            if (topic != null) {
                if (topic.fresh.isEmpty()) {
                    touched.add(topic);
                }
                topic.fresh.add(event);
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

    void cancel(Poll poll) {
        poll.over = true;
        unpark(poll);
    }

    private void settle(Poll poll) {
        Optional<List<Event>> news = tail.after(poll.seen, poll.channels, time.getAsLong(), Hub.MOST_EVENTS);
        if (news.isEmpty()) {
            readStorage(poll);
        } else if (!news.get().isEmpty()) {
            answer(poll, delivery(news.get()));
        } else if (draining) {
            answerIdle(poll);
        } else {
            park(poll);
        }
    }

    private void readStorage(Poll poll) {
        long upTo = position;
        try {
            readers.execute(() -> {
                List<Event> events;
                try {
                    events = storedEvents(poll, upTo);
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

    private List<Event> storedEvents(Poll poll, long upTo) {
        List<Event> oldest = new ArrayList<>();
        long bound = upTo;
        long now = time.getAsLong();
        for (Channel channel : poll.channels) {
            oldest.addAll(feed.events(channel, poll.seen, bound, now, Hub.MOST_EVENTS));
            if (oldest.size() >= Hub.MOST_EVENTS) { // of the other channels only what is older still can matter
                oldest = new ArrayList<>(inOrder(oldest));
                bound = oldest.getLast().timetoken();
            }
        }
        return inOrder(oldest);
    }

    private void caughtUp(Poll poll, long upTo, List<Event> events) {
        if (poll.over) {
            return;
        }
        if (events.isEmpty()) {
            poll.seen = Math.max(poll.seen, upTo);
            settle(poll);
        } else {
            answer(poll, delivery(events));
        }
    }

    private void wake(Poll poll, Topic topic) {
        List<Event> fresh = topic.fresh;
        if (poll.channels.size() == 1 && fresh.getFirst().timetoken() > poll.cursor) {
            if (topic.shared == null) {
                topic.shared = delivery(inOrder(new ArrayList<>(fresh)));
            }
            answer(poll, topic.shared);
            return;
        }
        List<Event> events = new ArrayList<>();
        for (Channel channel : poll.channels) {
            Topic own = topics.get(channel);
            if (own != null) {
                events.addAll(own.fresh);
            }
        }
        events.removeIf(event -> event.timetoken() <= poll.cursor);
        if (!events.isEmpty()) {
            answer(poll, delivery(inOrder(events)));
        }
    }

    private static List<Event> inOrder(List<Event> events) {
        events.sort(Comparator.comparingLong(Event::timetoken));
        return events.size() > Hub.MOST_EVENTS ? events.subList(0, Hub.MOST_EVENTS) : events;
    }

    private static Delivery delivery(List<Event> events) {
        return new Delivery(events, events.getLast().timetoken());
    }

    private void park(Poll poll) {
        poll.deadline = nanoTime.getAsLong() + patience;
        parked.add(poll);
        for (Channel channel : poll.channels) {
            topics.computeIfAbsent(channel, absent -> new Topic()).polls.add(poll);
        }
    }

    /**
     * The poll is answered in a while, with no events and the cursor it came with, so that its client asks again. An
     * error would be worse: clients in use give up after one, or start anew without their cursor.
     */
    private void putOff(Poll poll, RuntimeException cause) {
        if (nanoTime.getAsLong() - complained > COMPLAIN_NANOS) { // thousands of polls may fail at once
            complained = nanoTime.getAsLong();
            LOG.error("Events can't be read; subscribers are asked to come again", cause);
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
        for (Channel channel : poll.channels) {
            Topic topic = topics.get(channel);
            if (topic != null && topic.polls.remove(poll) && topic.polls.isEmpty()) {
                topics.remove(channel);
            }
        }
    }

    private void answerIdle(Poll poll) {
        answer(poll, new Delivery(List.of(), poll.seen));
    }

    private void answer(Poll poll, Delivery delivery) {
        if (!poll.over) {
            poll.over = true;
            unpark(poll);
            poll.waiter.deliver(delivery);
        }
    }
}
