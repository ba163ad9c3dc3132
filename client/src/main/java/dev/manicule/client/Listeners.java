package dev.manicule.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The listeners of a client, told one event after the other on a thread of their own. Any thread may use it. */
final class Listeners {
    private final List<Listener> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final ExecutorService thread;
    private final Transport transport;

    Listeners(ExecutorService thread, Transport transport) {
        this.thread = thread;
        this.transport = transport;
    }

    void add(Listener listener) {
        all.add(listener);
    }

    void remove(Listener listener) {
        all.remove(listener);
    }

    /** Tells all of them, soon. */
    void tell(Consumer<Listener> event) {
        tell(List.of(event));
    }

    /** Tells all of them of one event after the other, soon. */
    void tell(List<Consumer<Listener>> events) {
        if (events.isEmpty()) {
            return;
        }
        waiting.addAndGet(events.size());
        try {
            thread.execute(() -> {
                for (Consumer<Listener> event : events) {
                    waiting.decrementAndGet();
                    all.forEach(listener -> tell(listener, event));
                }
            });
        } catch (RejectedExecutionException e) {
            waiting.addAndGet(-events.size()); // the client is closed
        }
    }

    /** How many events have not been told yet. */
    int waiting() {
        return waiting.get();
    }

    /** Runs something once all that waits now has been told. */
    void whenIdle(Runnable action) {
        try {
            thread.execute(action);
        } catch (RejectedExecutionException e) {
            // the client is closed
        }
    }

    private void tell(Listener listener, Consumer<Listener> event) {
        try {
            event.accept(listener);
        } catch (Throwable e) {
            transport.complain("A listener failed", e);
        }
    }
}
