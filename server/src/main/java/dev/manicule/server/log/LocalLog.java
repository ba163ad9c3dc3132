package dev.manicule.server.log;

import dev.manicule.server.files.FileFault;
import dev.manicule.server.log.RecentBatches.Recent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log in files of one folder. An append is one frame, written into a file that has its size already, and one sync. The next frame
 * is written after the sync of the one before has returned; {@link LogRecovery} rests on that.
 *
 * <p>A write or a sync that fails leaves the append in doubt. The log then refuses others until {@link #resolveDoubt}
 * has written the very same frame again, in full: after a failed sync the system may regard data as written that is not
 * on the disk, and a second sync would not write it.
 *
 * <p>Has no thread of its own: new files are made, and released ones retired, by the executor of its options. It may run tasks at
 * any time, or never; then the appends do what is needed themselves. Only one log at a time may be open on a folder; its caller
 * sees to that.
 *
 * @param <E> an entry
 */
public final class LocalLog<E> implements Log<E> {
    private static final Logger LOG = LoggerFactory.getLogger(LocalLog.class);
    private static final String CLOSED = "the log is closed";

    private final LogFiles files;
    private final EntryCodec<E> codec;
    private final LocalLogOptions options;
    private final SegmentFolder folder;
    private final long logId;

    // Of the appender
    private final Frame frame = new Frame();
    private final LogTime time;
    private Segment current;
    private LogFile file;
    private long fileSize;
    private long position;
    private boolean isFull;
    private @Nullable Doubt<E> doubt;
    private LogRecovery.@Nullable Remains remains;

    // Of all threads, under the lock
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ReentrantLock tidying = new ReentrantLock();
    private final List<Segment> segments;
    private final RecentBatches<E> recent;
    private long released;
    private boolean isClosed;
    private volatile long end;

    /** An append whose frame may be on the disk or not. */
    private record Doubt<E>(Recent<E> append, ByteBuffer frame) {}

    private LocalLog(LogFiles files, EntryCodec<E> codec, LocalLogOptions options, SegmentFolder folder,
            LogRecovery.Recovered recovered) throws IOException {
        this.files = files;
        this.codec = codec;
        this.options = options;
        this.folder = folder;
        segments = new ArrayList<>(recovered.segments());
        current = segments.getLast();
        logId = current.seal().logId();
        recent = new RecentBatches<>(options.recentBytes());
        time = new LogTime(options.clock(), recovered.time());
        position = recovered.position();
        fileSize = recovered.size();
        end = recovered.end();
        remains = recovered.remains();
        file = files.open(current.name());
    }

    /** Whether there is a log in a folder; it may be damaged. */
    public static boolean exists(LogFiles files) throws IOException {
        return !LogRecovery.segmentNames(files).isEmpty();
    }

    /**
     * Makes a log in a folder that has none, and opens it.
     *
     * @param firstOffset the offset of its first entry, 0 or more
     * @throws LogException when there is one already, or the folder can't be written
     */
    public static <E> LocalLog<E> create(LogFiles files, EntryCodec<E> codec, LocalLogOptions options, long firstOffset)
            throws LogException {
        if (firstOffset < 0) {
            throw new IllegalArgumentException("An offset is 0 or more.");
        }
        try {
            if (exists(files)) {
                throw new LogException("There is a log in " + files + " already.");
            }
            SegmentFolder folder = new SegmentFolder(files, options.segmentBytes(), options.random());
            folder.adoptSpares();
            Segment _ = folder.start(options.random().getAsLong(), firstOffset, 0, 0);
        } catch (IOException e) {
            throw unusable("made", files, e);
        }
        return open(files, codec, options);
    }

    /**
     * Deletes the log of a folder, whatever state it is in.
     *
     * @throws LogException when the folder can't be written
     */
    public static void delete(LogFiles files) throws LogException {
        try {
            for (String name : LogRecovery.segmentNames(files).reversed()) {
                files.delete(name);
                files.sync();
            }
        } catch (IOException e) {
            throw unusable("deleted", files, e);
        }
    }

    /**
     * Opens the log in a folder, and cuts off what a crash has left of an append.
     *
     * @throws LogDamagedException when durable entries are missing or changed, or there is no log
     * @throws LogException when the folder can't be read or written
     */
    public static <E> LocalLog<E> open(LogFiles files, EntryCodec<E> codec, LocalLogOptions options)
            throws LogException {
        LocalLog<E> log = openUncut(files, codec, options);
        try {
            log.cut();
            return log;
        } catch (LogException e) {
            log.close();
            throw e;
        }
    }

    /**
     * Opens the log in a folder to be read. {@link #cut} has to be called before anything is appended.
     *
     * @throws LogDamagedException when durable entries are missing or changed, or there is no log
     * @throws LogException when the folder can't be read or written
     */
    public static <E> LocalLog<E> openUncut(LogFiles files, EntryCodec<E> codec, LocalLogOptions options)
            throws LogException {
        try {
            LogRecovery.Recovered recovered = new LogRecovery(files).recover();
            SegmentFolder folder = new SegmentFolder(files, options.segmentBytes(), options.random());
            folder.adoptSpares();
            LocalLog<E> log = new LocalLog<>(files, codec, options, folder, recovered);
            log.tidySoon();
            return log;
        } catch (IOException e) {
            throw unusable("opened", files, e);
        }
    }

    /**
     * Cuts off what a crash has left of an append. Until then it is there to be looked at.
     *
     * @throws LogException when the folder can't be written
     */
    public void cut() throws LogException {
        try {
            if (remains != null) {
                new LogRecovery(files).cut(remains);
                remains = null;
            }
        } catch (IOException e) {
            throw unusable("written", files, e);
        }
    }

    /** A random number that tells it from all other logs. */
    public long id() {
        return logId;
    }

    private static LogException unusable(String what, LogFiles files, IOException e) {
        return new LogException("The log in " + files + " can't be " + what + " (" + FileFault.reason(e) + ").", e);
    }

    @Override
    public void append(List<E> entries, AppendFailure onFailure) {
        if (entries.isEmpty()) {
            return;
        }
        if (doubt != null) {
            AppendFailure.report(onFailure, "the disk fails", false);
            return;
        }
        Batch<E> batch = new Batch<>(end, time.now(), entries);
        ByteBuffer bytes;
        try {
            bytes = place(batch);
        } catch (IOException e) {
            AppendFailure.report(onFailure, FileFault.reason(e), false);
            return;
        } catch (RuntimeException e) {
            LOG.error("Entries can't be encoded", e);
            AppendFailure.report(onFailure, "the entries can't be encoded", false);
            return;
        }
        Recent<E> append = new Recent<>(batch, current, position, bytes.limit());
        long start = options.nanoTime().getAsLong();
        try {
            write(append, bytes);
        } catch (IOException | RuntimeException | Error e) { // of memory for a large write, for one: bytes may be there whatever it is
            LOG.error("An append to the log in {} failed, and is in doubt", files, e);
            doubt = new Doubt<>(append, bytes);
            AppendFailure.report(onFailure, e instanceof IOException of ? FileFault.reason(of) : e.toString(), true);
            return;
        }
        publish(append);
        observe(append, options.nanoTime().getAsLong() - start);
    }

    @Override
    public boolean resolveDoubt() {
        Doubt<E> unresolved = doubt;
        if (unresolved == null) {
            return true;
        }
        if (isClosed()) {
            return false;
        }
        try {
            file.close();
            file = files.open(current.name());
            write(unresolved.append(), unresolved.frame());
        } catch (IOException | RuntimeException | Error e) {
            LOG.debug("The append to the log in {} is still in doubt", files, e);
            return false;
        }
        LOG.info("The append to the log in {} that was in doubt is durable", files);
        doubt = null;
        publish(unresolved.append());
        return true;
    }

    /** Encodes a batch for the segment that it goes into, which is a new one when the current one has no room. */
    private ByteBuffer place(Batch<E> batch) throws IOException {
        if (isClosed()) {
            throw new IOException(CLOSED);
        }
        List<byte[]> entries = new ArrayList<>(batch.entries().size());
        for (E entry : batch.entries()) {
            entries.add(codec.encode(entry));
        }
        long length = Frame.length(entries);
        if (length > Frame.MOST_BYTES) {
            throw new IOException("an append of " + length + " bytes is too large");
        }
        // Once a segment of the next offset has been requested, no entry of that offset may go into this one.
        isFull |= position + length > fileSize;
        if (isFull) {
            startSegment(length);
        }
        return frame.encode(entries, batch.firstOffset(), batch.time(), current.seal());
    }

    private void startSegment(long frameBytes) throws IOException {
        Segment next = folder.start(logId, end, frameBytes, time.last());
        LogFile opened = files.open(next.name());
        try {
            fileSize = opened.size();
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        file.close();
        file = opened;
        current = next;
        position = Segment.START;
        isFull = false;
        lock.lock();
        try {
            if (segments.getLast().first() == next.first()) {
                segments.removeLast(); // it had no entry
            }
            segments.add(next);
        } finally {
            lock.unlock();
        }
        tidySoon();
    }

    private void write(Recent<E> append, ByteBuffer bytes) throws IOException {
        file.write(bytes.duplicate(), append.position());
        file.sync();
    }

    /** What is durable is given to the readers. */
    private void publish(Recent<E> append) {
        position = append.endPosition();
        lock.lock();
        try {
            recent.add(append);
            end = append.batch().endOffset();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void observe(Recent<E> append, long nanos) {
        try {
            options.listener().appended(append.batch().entries().size(), append.length(), nanos);
        } catch (RuntimeException | Error e) {
            LOG.error("A listener of the log failed", e);
        }
    }

    @Override
    public LogReader<E> reader(long from) throws LogException {
        if (from < begin()) {
            throw new LogException(
                    "Offset " + from + " is not in the log in " + files + " any more, which begins at " + begin()
                            + ".");
        }
        if (from > end) {
            throw new LogException(
                    "Offset " + from + " is not in the log in " + files + ", which ends at " + end + ".");
        }
        return new LocalLogReader<>(this, from);
    }

    @Override
    public long begin() {
        lock.lock();
        try {
            return segments.getFirst().first();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void release(long below) {
        boolean isAny;
        lock.lock();
        try {
            released = Math.max(released, below);
            isAny = isFirstReleased();
        } finally {
            lock.unlock();
        }
        if (isAny) {
            tidySoon();
        }
    }

    private boolean isFirstReleased() {
        return segments.size() > 1 && segments.get(1).first() <= released;
    }

    private void tidySoon() {
        try {
            options.background().execute(this::tidy);
        } catch (RuntimeException e) {
            LOG.warn("Released files of the log in {} are kept until later", files, e);
        }
    }

    /** Retires segments that are released, the oldest first, and makes a spare. */
    private void tidy() {
        tidying.lock();
        try {
            while (!isClosed()) {
                folder.syncNames(); // also of the one retired before: no two changes are pending at a time
                Segment oldest = takeReleased();
                if (oldest == null) {
                    folder.prepare();
                    return;
                }
                retire(oldest);
            }
        } catch (IOException e) {
            LOG.warn("No file could be made ready for the log in {}: {}", files, FileFault.reason(e));
        } finally {
            tidying.unlock();
        }
    }

    private @Nullable Segment takeReleased() {
        lock.lock();
        try {
            return isFirstReleased() ? segments.removeFirst() : null;
        } finally {
            lock.unlock();
        }
    }

    private void retire(Segment oldest) throws IOException {
        try {
            folder.retire(oldest);
        } catch (IOException e) {
            lock.lock();
            try {
                segments.addFirst(oldest); // still there, or the log would have a gap
            } finally {
                lock.unlock();
            }
            throw e;
        }
    }

    /**
     * Waits until an offset is durable.
     *
     * @param nanos how long to wait, in nanoseconds
     * @return whether it is
     */
    boolean await(long offset, long nanos) throws InterruptedException, LogException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!isClosed && end <= offset && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (isClosed) {
                throw new LogException(CLOSED);
            }
            return end > offset;
        } finally {
            lock.unlock();
        }
    }

    /** The batch of an offset, when it is one of the last ones. */
    @Nullable
    Recent<E> findRecent(long offset) {
        lock.lock();
        try {
            return recent.find(offset);
        } finally {
            lock.unlock();
        }
    }

    /** The segment that has an offset; null when it has been released. */
    @Nullable
    Segment segmentOf(long offset) {
        lock.lock();
        try {
            for (Segment segment : segments.reversed()) {
                if (segment.first() <= offset) {
                    return segment;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    LogFiles files() {
        return files;
    }

    EntryCodec<E> codec() {
        return codec;
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the log; called by the appender, or after its last append. A task of the executor that is under way ends first. */
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        tidying.lock();
        try {
            file.close();
        } finally {
            tidying.unlock();
        }
    }
}
