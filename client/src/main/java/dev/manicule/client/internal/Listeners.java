package dev.manicule.client.internal;

import dev.manicule.client.Event;
import dev.manicule.client.Listener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The listeners of a client. They receive one event after the other, on a thread where they may block. Any thread may
 * use it.
 */
public final class Listeners {
    private static final long CLOSING_MILLIS = 400;

    private final List<Listener> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Threads threads;
    private final SerialExecutor deliveries;

    /** No listeners yet. */
    public Listeners(Threads threads) {
        this.threads = threads;
        deliveries = new SerialExecutor(threads);
    }

    /** Adds a listener. */
    public void add(Listener listener) {
        all.add(listener);
    }

    /** Removes a listener. */
    public void remove(Listener listener) {
        all.remove(listener);
    }

    /** Delivers an event to all of them, soon. */
    void deliver(Event event) {
        deliver(1, () -> List.of(event));
    }

    /**
     * Delivers events to all of them, one after the other, soon.
     *
     * @param count about how many there are
     * @param events the events, made on the listeners' thread
     */
    void deliver(int count, Supplier<List<Event>> events) {
        if (count == 0) {
            return;
        }
        waiting.addAndGet(count);
        try {
            deliveries.execute(() -> {
                events.get().forEach(event -> all.forEach(listener -> deliver(event, listener)));
                waiting.addAndGet(-count);
            });
        } catch (RejectedExecutionException e) {
            waiting.addAndGet(-count); // the client is closed
        }
    }

    /** How many events have not been delivered yet. */
    int waiting() {
        return waiting.get();
    }

    /** Runs an action once all events that wait now have been delivered. */
    void whenIdle(Runnable action) {
        try {
            deliveries.execute(action);
        } catch (RejectedExecutionException e) {
            // the client is closed
        }
    }

    /** Delivers nothing more until it is released, beyond what is delivered now. */
    void hold(Object by) {
        deliveries.hold(by);
    }

    /** Delivers again, if no other holds it. */
    void release(Object by) {
        deliveries.release(by);
    }

    private static void deliver(Event event, Listener listener) {
        try {
            event.deliverTo(listener);
        } catch (Throwable e) {
            ErrorLog.report("A listener failed", e);
        }
    }

    /** Delivers no more; waits a little for deliveries under way, unless a listener calls it. */
    public void close() {
        deliveries.close();
        if (!threads.isOwn()) {
            try {
                deliveries.await(CLOSING_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
