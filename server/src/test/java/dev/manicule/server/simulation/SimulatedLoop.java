package dev.manicule.server.simulation;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** An event loop that is an actor of a simulation. */
final class SimulatedLoop extends AbstractExecutorService implements ScheduledExecutorService {
    private final Scheduler.Actor actor;
    private boolean isInline;

    SimulatedLoop(Scheduler.Actor actor) {
        this.actor = actor;
    }

    /** Has a task be done before its handing over returns: then a stop need not wait for it. */
    void runInline() {
        isInline = true;
    }

    @Override
    public void execute(Runnable task) {
        actor.post(task);
        if (isInline) {
            actor.drain();
        }
    }

    /** A task that comes again and again, or once. */
    private final class Timed<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long period;

        Timed(Callable<V> task, long period) {
            super(task);
            this.period = period;
        }

        @Override
        public void run() {
            if (period == 0) {
                super.run();
            } else if (runAndReset()) {
                actor.postAfter(period, this);
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }
    }

    private <V> ScheduledFuture<V> timed(Callable<V> task, long delay, long period) {
        Timed<V> timed = new Timed<>(task, period);
        actor.postAfter(delay, timed);
        return timed;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return timed(() -> {
            task.run();
            return true;
        }, unit.toNanos(delay), 0);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return timed(task, unit.toNanos(delay), 0);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
        return timed(() -> {
            task.run();
            return true;
        }, unit.toNanos(delay), unit.toNanos(period));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long delay, long period, TimeUnit unit) {
        return scheduleAtFixedRate(task, delay, period, unit);
    }

    @Override
    public void shutdown() {
        actor.end();
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("nothing waits in a simulation");
    }
}
