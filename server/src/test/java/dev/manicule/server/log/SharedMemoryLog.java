package dev.manicule.server.log;

/**
 * A memory that several journals of one process take for a log of all of them, each by an object of this class.
 *
 * @param <E> an entry
 */
public final class SharedMemoryLog<E> extends ForwardingLog<E> {
    /** One of those over a memory. */
    public SharedMemoryLog(MemoryLog<E> memory) {
        super(memory);
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public void release(long below) {
        // others may need it
    }

    @Override
    public void close() {
        // others go on
    }
}
