package dev.manicule.server.log;

/** Observes appends, for metrics. Called by the thread that appends; what it throws is logged, and changes nothing. */
@FunctionalInterface
public interface LogListener {
    /** Does nothing. */
    LogListener NONE = (entries, bytes, nanos) -> {
        // no metrics
    };

    /**
     * An append is durable.
     *
     * @param entries how many entries it has
     * @param bytes how many bytes were written
     * @param nanos how long write and sync took, in nanoseconds
     */
    void appended(int entries, long bytes, long nanos);
}
