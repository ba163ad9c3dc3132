package dev.manicule.server.hub;

import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.hub.Poll.State;
import dev.manicule.server.hub.Topics.Topic;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.limits.BoundedLog;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Workers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * The polls of one event loop. All of its work runs on that loop, so nothing is locked, and every loop receives every
 * commit in order.
 *
 * <p>How a poll meets its events without a gap: all events up to {@link Events#position} are committed and this shard
 * has received them; it receives later ones later. A poll reads the {@link RecentEvents}; where the tail is complete
 * from the poll's cursor on, the poll is answered or waits in the same step, and nothing can come between. Otherwise a
 * {@link Search} on the workers reads storage up to the position of that moment; if it finds nothing, the poll has in
 * effect moved up to that position, and reads the tail again.
 *
 * <p>A failure of one poll, an {@link Error} too, ends that poll and reaches no other. Work that takes long, by how
 * much a client subscribes to or how far it is behind, is done by the workers or in a later turn of the event loop.
 */
public final class Shard {
    /** Thousands of polls may fail at once. */
    private static final BoundedLog LOG = new BoundedLog(LoggerFactory.getLogger(Shard.class));
    /** How long a poll is deferred when its events can't be read just now. */
    private static final long DEFERRAL_NANOS = Duration.ofSeconds(1).toNanos();
    /** After how long a stream without events sends its cursor, which a client needs to reconnect. */
    private static final long STREAM_IDLE_NANOS = Duration.ofSeconds(20).toNanos();
    /** With so many events handed over, the loop is woken though no poll waits: memory holds them until then. */
    private static final int MOST_UNTOLD = 256;
    /** How many events of the tail are matched on the event loop, for a subscription to channels. */
    private static final int MOST_MATCHED = 512;

    private final Executor loop;
    private final Workers workers;
    private final HubMetrics metrics;
    private final LongSupplier nanoTime;
    private final long patience;
    private final Events events;
    private final Topics topics = new Topics();
    private final SharedFilters filters = new SharedFilters();
    private final Turn turn = new Turn();
    /** The polls that wait for their events, in any state of work, in the order in which they will time out. */
    private final PollQueue open = new PollQueue();
    /** The same for streams, whose turns are shorter. */
    private final PollQueue streams = new PollQueue();
    /** The polls whose events could not be read, in the order in which they will be answered. */
    private final PollQueue deferred = new PollQueue();
    /** The polls that are served in a later turn, and whether that turn is scheduled. */
    private final ArrayDeque<Poll> later = new ArrayDeque<>();
    private boolean laterComes;
    /** How many deliveries are under way, one within the other. */
    private int depth;
    /** Commits that are to be delivered. Any thread adds to it. */
    private final Queue<Commit> handed = new ConcurrentLinkedQueue<>();
    /**
     * Whether polls may wait here. Where none does, a commit is not worth waking the loop: it is delivered before the
     * next poll waits.
     */
    private volatile boolean isAwaited;
    /** How many events were handed over since the loop was woken. Of the thread that commits. */
    private int untold;
    /** The position of the last commit that this shard could not receive. Set by any thread. */
    private volatile long missed;
    /** Whether polls may have missed events: each searches for them then, before anything else is delivered. */
    private boolean behind;
    private boolean draining;

    Shard(Executor loop, Workers workers, Events events, HubMetrics metrics, LongSupplier nanoTime,
            Duration patience) {
        this.metrics = metrics;
        this.loop = loop;
        this.workers = workers;
        this.events = events;
        this.nanoTime = nanoTime;
        this.patience = patience.toNanos();
    }

    /** A poll that waits. */
    public Poll poll(Subscription subscription, long cursor, Client client, Poll.Waiter waiter) {
        return poll(subscription, cursor, client, waiter, true);
    }

    /**
     * Answers at once when there are events after the cursor, else as soon as there are, or when the poll times out.
     *
     * @param cursor the subscriber has all events up to it
     * @param client the client that work for it is charged to
     * @param waits false to be answered without events as soon as it is known that there are none
     */
    public Poll poll(Subscription subscription, long cursor, Client client, Poll.Waiter waiter, boolean waits) {
        Poll poll = new Poll(this, subscription, cursor, client, waiter, false, filters.join(subscription));
        poll.waits = waits;
        next(poll);
        return poll;
    }

    /** A stream that waits. */
    public Poll stream(Subscription subscription, long cursor, Client client, Poll.Waiter waiter) {
        return stream(subscription, cursor, client, waiter, true);
    }

    /**
     * A subscriber that stays: it receives one delivery for each {@link Poll#next}, until it is cancelled.
     *
     * @param cursor the subscriber has all events up to it
     * @param client the client that work for it is charged to
     * @param waits as of a poll; {@link Poll#waits()} changes that
     */
    public Poll stream(Subscription subscription, long cursor, Client client, Poll.Waiter waiter, boolean waits) {
        Poll poll = new Poll(this, subscription, cursor, client, waiter, true, filters.join(subscription));
        poll.waits = waits;
        return poll;
    }

    /** How many polls and streams wait for their events. */
    public int parked() {
        return open.size() + streams.size();
    }

    /** Whether polls may wait here. Any thread may call it. */
    boolean isAwaited() {
        return isAwaited;
    }

    /**
     * Hands over a commit, which is delivered before anything that this shard receives later. Of the thread that
     * commits.
     */
    void hand(Commit commit) {
        handed.add(commit);
        untold += commit.events().size();
        if (isAwaited || untold > MOST_UNTOLD) { // read after the commit was added; next() does it the other way round
            untold = 0;
            loop.execute(this::deliverHandedAndRest);
        }
    }

    private void deliverHandedAndRest() {
        deliverHanded();
        isAwaited = parked() > 0;
    }

    private void deliverHanded() {
        for (Commit commit = handed.poll(); commit != null; commit = handed.poll()) {
            try {
                if (commit.lastTimetoken() > events.position()) { // else the polls search storage for it already
                    deliver(commit);
                }
            } catch (Throwable e) {
                missed(commit.lastTimetoken());
                metrics.failures.increment();
                LOG.error("A commit could not be delivered", e);
            }
        }
    }

    /** Delivers a commit to all waiting polls. */
    void deliver(Commit commit) {
        noticeMissed();
        events.add(commit);
        if (!behind && parked() > 0) {
            turn.begin();
            try {
                topics.collect(commit.events(), events.groups());
                topics.touched().forEach(this::deliverPlain);
                topics.woken().forEach(poll -> guarded(poll, this::wake));
            } catch (Throwable e) { // before the events of the commit were assigned to polls
                behind = true;
                LOG.error("A commit could not be delivered; all polls look for it", e);
            } finally {
                topics.clear();
                turn.end();
            }
        }
        catchUp();
        serveLater();
    }

    /** Many polls, and the common case: all that wait for one channel get the same bytes. */
    private void deliverPlain(Topic topic) {
        List<Match> fresh = topic.fresh();
        long first = fresh.getFirst().event().timetoken();
        Delivery delivery = new Delivery(fresh, fresh.getLast().event().timetoken());
        for (Poll poll : topic.plainPolls()) {
            if (poll.state != State.WAITING) {
                continue;
            }
            if (first > poll.seen) {
                respond(poll, delivery);
            } else {
                guarded(poll, this::respondOrPark);
            }
        }
    }

    private void wake(Poll poll) {
        List<Match> fresh = poll.fresh;
        if (poll.state != State.WAITING || fresh == null) {
            return;
        }
        if (turn.isOver()) {
            later(poll);
        } else if (!offer(poll, fresh) && poll.hasMore) {
            respondOrPark(poll);
        }
    }

    /**
     * Answers the polls that have timed out.
     *
     * @param present all events up to this timetoken are committed and this shard has received them
     */
    void expire(long present) {
        deliverHanded();
        noticeMissed();
        catchUp();
        events.reach(present);
        long now = nanoTime.getAsLong();
        for (PollQueue queue : List.of(open, streams, deferred)) {
            for (Poll poll = queue.first(); poll != null && poll.deadline - now <= 0; poll = queue.first()) {
                respondIdle(poll);
            }
        }
        serveLater();
    }

    /** Answers all polls, now and from now on, without waiting for anything. */
    void drain() {
        draining = true;
        open.all().forEach(this::respondIdle);
        streams.all().forEach(this::respondIdle);
        deferred.all().forEach(this::respondIdle);
    }

    /** A commit up to this position could not be handed over. Any thread may call it. */
    void missed(long position) {
        missed = position;
    }

    private void noticeMissed() {
        if (missed > events.position()) {
            events.skipTo(missed);
            behind = true;
        }
    }

    private void catchUp() {
        if (behind) {
            for (PollQueue queue : List.of(open, streams)) {
                for (Poll poll = queue.first(); poll != null; poll = poll.next) {
                    later(poll);
                }
            }
            behind = false;
        }
    }

    void next(Poll poll) {
        if (poll.state != State.RESTING) {
            return;
        }
        boolean wasAwaited = isAwaited;
        isAwaited = true;
        if (!wasAwaited || depth == 0) { // a loop may run the request of a client before commits that were acknowledged before
            deliverHanded();
        }
        poll.deadline = nanoTime.getAsLong() + (poll.isStream ? Math.min(patience, STREAM_IDLE_NANOS) : patience);
        poll.state = State.BUSY;
        (poll.isStream ? streams : open).add(poll);
        if (depth == 0) {
            turn.beginForOne();
            guarded(poll, this::respondOrPark);
            turn.end();
        } else if (events.countAfter(poll.seen) == 0) { // in the midst of a delivery, mostly to many
            guarded(poll, this::park);
        } else { // a client that reads fast takes turns with others
            later(poll);
            serveLater();
        }
    }

    void release(Poll poll) {
        if (poll.state != State.RESTING) {
            respondIdle(poll);
        }
    }

    void cancel(Poll poll) {
        if (poll.state != State.OVER) {
            leave(poll);
            end(poll);
        }
    }

    private void respondOrPark(Poll poll) {
        poll.state = State.BUSY;
        while (true) {
            int count = events.countAfter(poll.seen);
            if (count < 0 || count * poll.subscription.costOfMatch() > MOST_MATCHED) {
                search(poll);
                return;
            }
            List<Match> matches = count == 0 ? List.of() : events.matches(poll.subscription, count);
            if (matches.isEmpty()) {
                park(poll);
                return;
            }
            if (offer(poll, matches)) {
                return;
            }
        }
    }

    private void park(Poll poll) {
        if (draining) {
            respondIdle(poll);
            return;
        }
        poll.state = State.WAITING;
        if (!poll.waits) {
            respondIdle(poll);
            return;
        }
        if (poll.places == null) {
            topics.add(poll);
        }
    }

    /**
     * Answers with those of the matches that pass the filter, or submits a search to the workers where that takes long.
     * False when none passes; then the poll has seen them.
     */
    private boolean offer(Poll poll, List<Match> matches) {
        List<Match> passing = poll.filter == null ? matches : new ArrayList<>(1);
        if (poll.filter == null) {
            poll.seen = matches.getLast().event().timetoken();
        } else {
            for (Match match : matches) {
                Boolean passes = turn.filterInputs.passes(poll.filter, match.event());
                if (passes == null) {
                    long unknown = match.event().timetoken();
                    passing.removeIf(each -> each.event().timetoken() == unknown);
                    poll.seen = Math.min(poll.seen, unknown - 1); // no cursor lies between events with the same timetoken
                    break;
                }
                if (passes) {
                    passing.add(match);
                }
                poll.seen = match.event().timetoken();
            }
        }
        if (!passing.isEmpty()) {
            respond(poll, turn.delivery(passing, poll.seen));
            return true;
        }
        if (poll.seen < matches.getLast().event().timetoken()) {
            search(poll);
            return true;
        }
        return false;
    }

    private void search(Poll poll) {
        poll.state = State.BUSY;
        if (draining) {
            respondIdle(poll);
            return;
        }
        try {
            workers.submit(poll.client, new Search(this, poll));
        } catch (RejectedExecutionException e) {
            defer(poll);
        }
    }

    /** Takes the result of a search; empty when there is nothing up to {@code seen}. */
    void found(Poll poll, int round, List<Match> matches, long seen) {
        if (!poll.isIn(round) || poll.state != State.BUSY) {
            return;
        }
        turn.begin();
        guarded(poll, each -> {
            each.seen = Math.max(each.seen, seen);
            if (matches.isEmpty()) {
                respondOrPark(each);
            } else {
                respond(each, turn.delivery(matches, seen));
            }
        });
        turn.end();
    }

    /** A search has failed: for lack of room, because the disk fails, or by an error of our own. */
    void failed(Poll poll, int round, Throwable cause) {
        if (!poll.isIn(round)) {
            return;
        }
        if (cause instanceof Error) {
            fail(poll, cause);
            return;
        }
        if (!(cause instanceof RejectedExecutionException)) {
            LOG.error("Events can't be read; subscribers poll again", cause);
        }
        defer(poll);
    }

    /**
     * The poll is answered in a while, with no events and the cursor of its request, so that its client polls again. An
     * error would be worse: clients in use give up after one, or restart without their cursor.
     */
    private void defer(Poll poll) {
        if (draining) {
            respondIdle(poll);
            return;
        }
        PollQueue.leave(poll);
        poll.state = State.DEFERRED;
        poll.deadline = nanoTime.getAsLong() + DEFERRAL_NANOS;
        deferred.add(poll);
    }

    private void later(Poll poll) {
        if (poll.state != State.QUEUED) {
            poll.beginRound();
            later.add(poll);
            poll.state = State.QUEUED;
        }
    }

    private void serveLater() {
        if (later.isEmpty() || laterComes) {
            return;
        }
        laterComes = true;
        try {
            loop.execute(this::serveSome);
        } catch (Throwable e) { // the next commit, or the next expiry of others, tries it again
            laterComes = false;
            LOG.error("Polls could not be put off", e);
        }
    }

    private void serveSome() {
        laterComes = false;
        turn.begin();
        while (!turn.isOver() && !later.isEmpty()) {
            Poll poll = later.poll();
            if (poll.state == State.QUEUED) {
                guarded(poll, this::respondOrPark);
            }
        }
        turn.end();
        serveLater();
    }

    /**
     * Answers with no events. The cursor of a poll that waits moves to the present: a client with an old cursor would
     * receive the past of each channel that it adds as if it were live, and with a retention its cursor would fall
     * behind the retained events.
     */
    private void respondIdle(Poll poll) {
        boolean hasSeenAll = poll.state == State.WAITING && !behind && missed <= events.position();
        poll.seen = Math.max(poll.seen, hasSeenAll ? events.position() : poll.searched);
        respond(poll, draining ? Delivery.last(poll.seen) : new Delivery(List.of(), poll.seen));
    }

    private void respond(Poll poll, Delivery delivery) {
        if (poll.state == State.OVER || poll.state == State.RESTING) {
            return;
        }
        depth++;
        try {
            poll.seen = delivery.cursor();
            leave(poll);
            if (!poll.isStream) {
                end(poll);
            }
            if (!delivery.matches().isEmpty()) {
                metrics.deliveries.increment();
                metrics.events.add(delivery.matches().size());
            }
            poll.waiter.deliver(delivery);
        } catch (Throwable e) {
            fail(poll, e);
        } finally {
            depth--;
        }
    }

    /** It waits for nothing any more, and work for it is void. */
    private static void leave(Poll poll) {
        PollQueue.leave(poll);
        poll.beginRound();
        poll.state = State.RESTING;
    }

    private void end(Poll poll) {
        poll.state = State.OVER;
        topics.remove(poll);
        filters.leave(poll);
    }

    /** An operation on a poll. */
    @FunctionalInterface
    private interface Action {
        void on(Poll poll);
    }

    private void guarded(Poll poll, Action action) {
        try {
            action.on(poll);
        } catch (Throwable e) { // any failure is this poll's alone
            fail(poll, e);
        }
    }

    private void fail(Poll poll, Throwable cause) {
        metrics.failures.increment();
        try {
            cancel(poll);
            LOG.error("A subscriber could not be served, and is disconnected", cause);
            poll.waiter.fail();
        } catch (Throwable e) {
            LOG.error("A subscriber could not be disconnected", e);
        }
    }

    void onLoop(Runnable action) {
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            // the loop has ended, and its polls with it
        }
    }

    Events events() {
        return events;
    }

    HubMetrics metrics() {
        return metrics;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }
}
