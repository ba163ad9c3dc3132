package dev.manicule.server.hub;

import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.hub.Topics.Place;
import dev.manicule.server.limits.Client;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber: a poll from its request until it is answered or hangs up, or a stream, which requests one delivery
 * after the other. Belongs to the event loop of its shard.
 */
public final class Poll {
    final Subscription subscription;
    final Client client;
    final Waiter waiter;
    final boolean isStream;
    final boolean isPlain;
    final @Nullable SharedFilter filter;
    private final Shard shard;
    State state = State.RESTING;
    /** Whether it waits for events when there are none. */
    boolean waits = true;
    /** No event between the cursor and here is for this subscription. At least the cursor. */
    long seen;
    /** How far a search has looked without finding anything: as good as {@link #seen}. Workers write it. */
    volatile long searched;
    /** When it is answered at the latest, in nanoseconds. */
    long deadline;
    /** The number of the delivery that it waits for: work for an earlier one is void. Workers look at it. */
    private volatile int round;
    /** Where it is among those that wait for a topic; null before it has waited the first time. */
    Place @Nullable [] places;
    /** Its events of the commit that is being delivered, null when there are none. */
    @Nullable
    List<Match> fresh;
    /** Whether the commit holds more for it than {@link #fresh}. */
    boolean hasMore;
    private long freshBytes;
    @Nullable
    PollQueue queue;
    @Nullable
    Poll previous;
    @Nullable
    Poll next;

    /** The state of a poll. */
    enum State {
        /** Waits for events, and is woken by those of its topics. */
        WAITING,
        /** A search for its next events is under way; new events will be found when that is over. */
        BUSY,
        /** The same, in a later turn of the event loop. */
        QUEUED,
        /** Is answered in a while, with no events. */
        DEFERRED,
        /** A stream whose client has not read the last delivery. */
        RESTING,
        /** Answered, or gone. */
        OVER
    }

    /** Waits for the answer; called on the event loop. */
    public interface Waiter {
        /** There are events, or the wait is over and there are none. Once for a poll, unless it is cancelled. */
        void deliver(Delivery delivery);

        /**
         * The server failed at it: nothing more will be delivered. The client keeps its cursor, and reconnects with it.
         */
        void fail();
    }

    Poll(Shard shard, Subscription subscription, long cursor, Client client, Waiter waiter, boolean isStream,
            @Nullable SharedFilter filter) {
        this.shard = shard;
        this.subscription = subscription;
        this.client = client;
        this.waiter = waiter;
        this.isStream = isStream;
        this.filter = filter;
        isPlain = subscription.isPlain();
        seen = cursor;
    }

    /** A stream requests the delivery after the last one. On the event loop. */
    public void next() {
        shard.next(this);
    }

    /** It waits for events from now on, when there are none. On the event loop. */
    public void waits() {
        waits = true;
    }

    /** Answers it now, with no events and its cursor. On the event loop. */
    public void release() {
        shard.release(this);
    }

    /** The subscriber is gone: nothing more will be delivered. On the event loop. */
    public void cancel() {
        shard.cancel(this);
    }

    int round() {
        return round;
    }

    /** It waits for another delivery from now on: work for the one before is void. */
    void beginRound() {
        int before = round;
        round = before + 1;
    }

    /** Whether it still waits for a delivery. Any thread may call it. */
    boolean isIn(int itsRound) {
        return round == itsRound;
    }

    /** Adds an event of the commit that is being delivered; true when it is the first one. */
    @SuppressWarnings("ReferenceEquality") // events with the same timetoken may be several summaries
    boolean add(Match match) {
        Event event = match.event();
        List<Match> matches = fresh;
        if (matches == null) {
            matches = new ArrayList<>(1);
            fresh = matches;
            freshBytes = 0;
            hasMore = false;
        } else if (hasMore || matches.getLast().event() == event) {
            return false; // added by a nearer topic already
        }
        if (!Delivery.fits(matches, freshBytes, event)) {
            hasMore = true;
            return false;
        }
        freshBytes += event.envelope().length;
        matches.add(match);
        return matches.size() == 1;
    }
}
