package dev.manicule.server.limits;

import java.util.concurrent.RejectedExecutionException;

/**
 * Workers do all work that may wait for the disk or whose size a client chooses, so that no event loop does it. Clients
 * take turns; see {@link WorkerThreads}. Any thread may use it.
 */
@FunctionalInterface
public interface Workers {
    /** Work in slices of at most some milliseconds. */
    @FunctionalInterface
    interface Task {
        /** Does a slice of it; true when there is more to do. */
        boolean run();
    }

    /**
     * Submits work in slices, which begins soon.
     *
     * @throws RejectedExecutionException when too much of this client's waits, or the server stops
     */
    void submit(Client client, Task task);

    /**
     * Submits short work, which begins soon.
     *
     * @throws RejectedExecutionException when too much of this client's waits, or the server stops
     */
    default void execute(Client client, Runnable task) {
        submit(client, () -> {
            task.run();
            return false;
        });
    }
}
