package dev.manicule.server.journal;

/** Is told of each batch of commands, once it has been written or could not be. On the journal's thread. */
@FunctionalInterface
public interface BatchListener {
    /** For whom it is of no interest. */
    BatchListener NONE = (commands, nanos) -> {
        // nobody looks
    };

    /**
     * A batch has been written.
     *
     * @param commands how many were in it
     * @param nanos what the synced write took, in nanoseconds
     */
    void written(int commands, long nanos);
}
