package dev.manicule.client;

import java.util.HashSet;
import java.util.Set;

/**
 * The threads that each wait for a response, so that their waits end when the client is closed. Any thread may use it.
 */
final class WaitingThreads {
    private final Set<Thread> threads = new HashSet<>();
    private boolean closed;

    /** Notes that this thread waits from now on; false when it must not, since the client is closed. */
    synchronized boolean enter() {
        return !closed && threads.add(Thread.currentThread());
    }

    /** Notes that this thread waits no more, and clears the interrupt by which {@link #close} ended the wait. */
    synchronized void leave() {
        threads.remove(Thread.currentThread());
        if (closed) {
            boolean unused = Thread.interrupted();
        }
    }

    /** Ends the waits of all threads. */
    synchronized void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
