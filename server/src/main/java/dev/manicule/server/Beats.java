package dev.manicule.server;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs work of a node each second, beginning now. Any thread may use it. */
@FunctionalInterface
public interface Beats {
    /** Each second of the machine, on a thread for each node. */
    Beats MACHINE = Beats::begin;

    /**
     * Begins.
     *
     * @param work does it, and returns a future that is done when all its effects are; called by one thread at a time
     */
    Beat start(Supplier<? extends Future<?>> work);

    /** Work that runs each second. */
    interface Beat extends AutoCloseable {
        /** Ends it. The work is not under way any more when this returns. */
        @Override
        void close();
    }

    private static Beat begin(Supplier<? extends Future<?>> work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                task -> Thread.ofPlatform().name("manicule-nodes").daemon().unstarted(task));
        var _ = thread.scheduleWithFixedDelay(() -> {
            var _ = work.get();
        }, 0, 1, TimeUnit.SECONDS);
        return () -> {
            thread.shutdownNow();
            thread.close();
        };
    }
}
