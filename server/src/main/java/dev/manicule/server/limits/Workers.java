package dev.manicule.server.limits;

import java.util.concurrent.RejectedExecutionException;

/**
 * Where all is done that may wait for the disk or whose size a client chooses, so that no event loop does it. Clients take
 * turns; see {@link WorkerThreads}. Any thread may use it.
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
     * Has something done in slices, soon.
     *
     * @throws RejectedExecutionException when too much of this client's waits, or the server stops
     */
    void submit(Client client, Task task);

    /**
     * Has something short done, soon.
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
