package dev.manicule.server.log;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An ordered, durable sequence of entries. Each entry has an offset; offsets begin at 0, or at an offset given when the log is
 * made, and grow without holes. An entry is visible to readers once it is durable, and not before; what a reader has seen stays
 * in the log, at its offset, across any crash.
 *
 * <p>Each append carries the log's time, in 100 ns since 1970. It never steps back from one append to the next, whatever the
 * clock does.
 *
 * <p>Threads: one thread at a time appends and resolves doubt (the appender); each reader belongs to one thread; all other
 * methods may be called by any thread.
 *
 * @param <E> an entry; immutable, since a reader at the end of the log may get the object that was appended
 */
public interface Log<E> extends AutoCloseable {
    /**
     * Appends entries at consecutive offsets, all of them or none. Returns when they are durable or the append has failed. Success
     * shows in reading them; only a failure is reported. May block for back-pressure. Throws nothing for a failure of the log, of
     * the codec or of the callback. An empty list appends nothing.
     *
     * @param entries the entries, in order; the list is copied
     * @param onFailure called at most once, by this thread, before the method returns
     */
    void append(List<E> entries, AppendFailure onFailure);

    /**
     * Tries to make an append that is in doubt durable; then readers get its entries. While an append is in doubt, the log refuses
     * others. The appender calls this now and then after a failure in doubt, until it succeeds.
     *
     * @return whether no append is in doubt any more
     */
    boolean resolveDoubt();

    /**
     * A reader of the entries from an offset on.
     *
     * @param from the first offset to be read, {@link #begin()} to {@link #end()}
     * @throws LogException when the log does not have that offset: it has been released, or the log ends before it
     */
    LogReader<E> reader(long from) throws LogException;

    /** The lowest offset that can be read; {@link #end()} when there is none. */
    long begin();

    /** The end of the log: every entry below it is durable; the next entry gets it or a higher offset. */
    long end();

    /**
     * An offset such that every entry that was durable anywhere before the call lies below it. A reader that has applied all entries below
     * it has the present state. Completes exceptionally, with a {@link LogException}, when the log can't be asked.
     */
    CompletableFuture<Long> barrier();

    /**
     * Says that entries below an offset are not needed any more. The log may drop them, now, later, or never; {@link #begin()} says
     * which are there. A lower offset than in an earlier call changes nothing.
     */
    void release(long below);

    /** Ends the log. Appends fail from then on (not in doubt), and readers throw. What is durable stays. */
    @Override
    void close();
}
