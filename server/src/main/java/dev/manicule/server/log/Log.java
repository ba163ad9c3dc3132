package dev.manicule.server.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ordered, durable sequence of entries. Each entry has an offset; offsets begin at 0, or at an offset given when the log is
 * made, and grow without holes. An entry is visible to readers once it is durable, and not before; what a reader has seen stays
 * in the log, at its offset, across any crash.
 *
 * <p>A log belongs to one process, or is {@linkplain #isShared shared}: then each process reads what all of them append.
 *
 * <p>Each append carries the log's time, in 100 ns since 1970. Where the log belongs to one process, it never steps back from one
 * append to the next, whatever the clock does; that of a shared log may, when another machine begins to stamp it.
 *
 * <p>Threads: one thread at a time appends and resolves doubt (the appender); each reader belongs to one thread; all other
 * methods may be called by any thread.
 *
 * @param <E> an entry; immutable, since a reader at the end of the log may get the object that was appended
 */
public interface Log<E> extends AutoCloseable {
    /**
     * Appends entries in order. Returns when they are durable or the append has failed. Success
     * shows in reading them; only a failure is reported. May block for back-pressure. Throws nothing for a failure of the log, of
     * the codec or of the callback. An empty list appends nothing. Where the log belongs to one process, the entries get consecutive
     * offsets, all of them or none; in a shared log entries of others may come between, and of an append in doubt some may be there
     * and others not.
     *
     * @param entries the entries, in order; the list is copied
     * @param onFailure called at most once, by this thread, before the method returns
     */
    void append(List<E> entries, AppendFailure onFailure);

    /**
     * Tries to end the doubt about an append. While an append is in doubt, the log refuses others. Where the log belongs to one
     * process, readers get the entries of the append in doubt then; a shared log has those that came through, and those that did not
     * may come through later, behind other entries, or never. The appender calls this now and then after a failure in doubt, until it
     * succeeds.
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

    /** The end of the log: every entry below it is durable; the next entry gets it or a higher offset. Does not wait. */
    long end();

    /** How many entries at an offset and above there are, as far as this process knows. Any thread may ask. */
    default long countFrom(long offset) {
        return Math.max(end() - offset, 0);
    }

    /** Whether other processes append to it too. Then {@link #end} is what this process knows, and may be behind. */
    boolean isShared();

    /**
     * What the log knows to be wrong with itself, in one sentence; null when it knows of nothing. Does not wait. Any thread may ask.
     */
    default @Nullable String fault() {
        return null;
    }

    /**
     * Says that entries below an offset are not needed any more. The log may drop them, now, later, or never; {@link #begin()} says
     * which are there. A lower offset than in an earlier call changes nothing.
     */
    void release(long below);

    /** Ends the log. Appends fail from then on (not in doubt), and readers throw. What is durable stays. */
    @Override
    void close();
}
