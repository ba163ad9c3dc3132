package dev.manicule.client.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls that wait for a response, of all users who share connections, so that they end when a client is closed. Any
 * thread may use it.
 */
final class CallsUnderWay {
    private final Map<CompletableFuture<?>, Transport> futures = new ConcurrentHashMap<>();
    private final Map<Thread, Transport> threads = new HashMap<>();
    /** Threads that were interrupted here, and not by the program. */
    private final Set<Thread> interrupted = new HashSet<>();

    /** Adds a future. To cancel it ends the request. */
    void add(CompletableFuture<?> future, Transport user) {
        futures.put(future, user);
    }

    /** Removes a future that is done. */
    @SuppressWarnings("CollectionUndefinedEquality") // a future is equal to itself, which is what is meant
    void remove(CompletableFuture<?> future) {
        futures.remove(future);
    }

    /** Notes that this thread waits from now on; false when it must not, since the client is closed. */
    synchronized boolean enter(Transport user) {
        if (user.isClosed()) {
            return false;
        }
        threads.put(Thread.currentThread(), user);
        return true;
    }

    /** Notes that this thread waits no more, and clears the interrupt by which {@link #close} ended the wait. */
    synchronized void leave() {
        threads.remove(Thread.currentThread());
        if (interrupted.remove(Thread.currentThread())) {
            boolean unused = Thread.interrupted();
        }
    }

    /** Ends the calls of all users that are closed; more of their calls must not begin. */
    void close() {
        synchronized (this) {
            threads.forEach((thread, user) -> {
                if (user.isClosed() && interrupted.add(thread)) {
                    thread.interrupt();
                }
            });
        }
        futures.forEach((future, user) -> {
            if (user.isClosed()) {
                future.cancel(true);
            }
        });
    }
}
