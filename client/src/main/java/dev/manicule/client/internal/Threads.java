package dev.manicule.client.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a client and of all clients that were made from it by {@code as}. All are daemons, and end with
 * {@link #close}.
 *
 * <p>One thread runs all subscriptions and never blocks. {@link #CALLBACKS} threads call listeners and callbacks, for
 * any number of users, and {@link #STARTS} begin requests, which may wait for a host's name to be resolved. There are
 * more while they block ({@link ElasticPool}).
 */
public final class Threads implements Executor, AutoCloseable {
    private static final int CALLBACKS = 3;
    private static final int STARTS = 2;
    private static final int TLS = 2;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSING_MILLIS = 400;
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private final ScheduledExecutorService loop;
    private final ElasticPool callbacks;
    private final ElasticPool starts;
    private final ThreadPoolExecutor tls;

    /** Starts no thread yet. */
    public Threads() {
        String prefix = "manicule-client-" + CLIENTS.incrementAndGet();
        loop = Executors.newSingleThreadScheduledExecutor(daemons(prefix + "-subscribe-"));
        callbacks = new ElasticPool(CALLBACKS, loop, daemons(prefix + "-worker-"));
        starts = new ElasticPool(STARTS, loop, daemons(prefix + "-request-"));
        tls = new ThreadPoolExecutor(TLS, TLS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                daemons(prefix + "-tls-"));
        tls.allowCoreThreadTimeOut(true);
    }

    /** The thread of the subscriptions. Its tasks must not block. */
    ScheduledExecutorService loop() {
        return loop;
    }

    /** Where requests begin. It runs no code of programs. */
    Executor starts() {
        return starts;
    }

    /** Where the JDK's client encrypts and decrypts. */
    Executor tls() {
        return tls;
    }

    /** Runs a task of the program's, which may block; after {@link #close} too. */
    @Override
    public void execute(Runnable task) {
        callbacks.execute(task);
    }

    /** Whether the calling thread is one of these. */
    boolean isOwn() {
        return Thread.currentThread() instanceof Daemon daemon && daemon.owner == this;
    }

    /**
     * Ends all threads; waits for running tasks a little, unless one of them calls it, and interrupts the others then.
     */
    @Override
    public void close() {
        loop.shutdownNow();
        long patience = isOwn() ? 0 : CLOSING_MILLIS;
        starts.close(0);
        callbacks.close(patience);
        tls.shutdown();
    }

    /** A thread that knows which client it is of. */
    private static final class Daemon extends Thread {
        private final Threads owner;

        Daemon(Threads owner, Runnable task, String name) {
            super(task, name);
            this.owner = owner;
            setDaemon(true);
        }
    }

    private ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> new Daemon(this, task, prefix + number.incrementAndGet());
    }
}
