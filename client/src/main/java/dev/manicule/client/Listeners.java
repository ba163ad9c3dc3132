package dev.manicule.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The listeners of a client. They receive one event after the other on a thread of their own. Any thread may use it.
 */
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

    /** Delivers an event to all of them, soon. */
    void tell(Consumer<Listener> event) {
        tell(1, () -> List.of(event));
    }

    /**
     * Delivers events to all of them, one after the other, soon.
     *
     * @param count about how many there are
     * @param events the events, made on the listeners' thread
     */
    void tell(int count, Supplier<List<Consumer<Listener>>> events) {
        if (count == 0) {
            return;
        }
        waiting.addAndGet(count);
        try {
            thread.execute(() -> {
                events.get().forEach(event -> all.forEach(listener -> tell(listener, event)));
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
