package dev.manicule.server.log;

/**
 * A log of one process that a test takes for one that others have too; its close and its releases are nobody's business.
 *
 * @param <E> an entry
 */
public final class LogOfAll<E> extends ForwardingLog<E> {
    /** One over a log. */
    public LogOfAll(Log<E> log) {
        super(log);
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
