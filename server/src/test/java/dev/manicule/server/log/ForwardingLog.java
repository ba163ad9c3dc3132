package dev.manicule.server.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log that hands everything on to another one; a test changes what it is about.
 *
 * @param <E> an entry
 */
public abstract class ForwardingLog<E> implements Log<E> {
    private final Log<E> log;

    protected ForwardingLog(Log<E> log) {
        this.log = log;
    }

    @Override
    public void append(List<E> entries, AppendFailure onFailure) {
        log.append(entries, onFailure);
    }

    @Override
    public boolean resolveDoubt() {
        return log.resolveDoubt();
    }

    @Override
    public LogReader<E> reader(long from) throws LogException {
        return log.reader(from);
    }

    @Override
    public long begin() {
        return log.begin();
    }

    @Override
    public long end() {
        return log.end();
    }

    @Override
    public boolean isShared() {
        return log.isShared();
    }

    @Override
    public @Nullable String fault() {
        return log.fault();
    }

    @Override
    public void release(long below) {
        log.release(below);
    }

    @Override
    public void close() {
        log.close();
    }
}
