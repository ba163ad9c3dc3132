package dev.manicule.server.hub;

import dev.manicule.server.limits.Client;

/** A subscriber's poll from when it came until it is answered or hangs up. Belongs to the event loop of its shard. */
public final class Poll {
    final Subscription subscription;
    final Client client;
    final Waiter waiter;
    private final Shard shard;
    /** No event between the cursor and here is for this subscription. At least the cursor. */
    long seen;
    long deadline;
    boolean over;

    /** Who waits for the answer; told once, on the event loop, unless the poll is cancelled. */
    @FunctionalInterface
    public interface Waiter {
        /** There are events, or the wait is over and there are none. */
        void deliver(Delivery delivery);
    }

    Poll(Shard shard, Subscription subscription, long cursor, Client client, Waiter waiter) {
        this.shard = shard;
        this.subscription = subscription;
        this.client = client;
        this.waiter = waiter;
        seen = cursor;
    }

    /** Answers it now, with no events and its cursor. On the event loop. */
    public void release() {
        shard.release(this);
    }

    /** The subscriber is gone: nothing will be told. On the event loop. */
    public void cancel() {
        shard.cancel(this);
    }
}
