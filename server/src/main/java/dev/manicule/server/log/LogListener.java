package dev.manicule.server.log;

/** Observes a log. What it throws is logged, and changes nothing. */
@FunctionalInterface
public interface LogListener {
    /** Does nothing. */
    LogListener NONE = (entries, bytes, nanos) -> {
        // no metrics
    };

    /**
     * An append is durable. Called by the thread that appends.
     *
     * @param entries how many entries it has
     * @param bytes how many bytes were written
     * @param nanos how long write and sync took, in nanoseconds
     */
    void appended(int entries, long bytes, long nanos);

    /**
     * A shared log has dropped entries that a reader has still to read: no reader gets them any more. Called by the thread that reads, perhaps again
     * and again.
     *
     * @param offset the first that the reader needs
     * @param begin the lowest that there is
     */
    default void outrun(long offset, long begin) {
        // a listener that only counts appends does not need this
    }

    /** The shared log that this was is gone, and another one has its name. Called by any thread, perhaps again and again. */
    default void replaced() {
        // as of outrun
    }
}
