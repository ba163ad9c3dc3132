package dev.manicule.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes files into segments, and segments that are not needed any more into spares. A spare is a file of the usual size whose bytes
 * are all on the disk, so that a sync of a frame written into it has no metadata to write. Any thread may call; one step is
 * done at a time.
 *
 * <p>Names change one at a time, each made durable before the next one changes: after a power cut the segments have no gap.
 */
final class SegmentFolder {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentFolder.class);
    private static final String SPARE = "spare-";
    /** More are deleted. */
    private static final int MOST_SPARES = 4;
    private static final int ZEROS = 1 << 20;

    private final LogFiles files;
    private final int segmentBytes;
    private final LongSupplier random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Spare> spares = new ArrayDeque<>();
    private long nextSpare;
    private boolean isChanged;

    private record Spare(String name, boolean isZeroed) {}

    SegmentFolder(LogFiles files, int segmentBytes, LongSupplier random) {
        this.files = files;
        this.segmentBytes = segmentBytes;
        this.random = random;
    }

    /** Takes over the spares that an earlier process has left; those that are not whole are deleted. */
    void adoptSpares() throws IOException {
        List<String> names = files.list()
                .stream()
                .filter(name -> name.matches(SPARE + "[0-9]{1,18}"))
                .sorted()
                .toList();
        for (String name : names) {
            boolean isWhole;
            try (LogFile file = files.open(name)) {
                isWhole = file.size() == segmentBytes;
            }
            if (isWhole && spares.size() < MOST_SPARES) {
                spares.add(new Spare(name, false));
                nextSpare = Math.max(nextSpare, Long.parseLong(name.substring(SPARE.length())) + 1);
            } else {
                files.delete(name);
            }
        }
        isChanged = true;
        syncNames();
    }

    /**
     * Makes a file into the segment that begins at an offset. When it fails, it may be called again for the same offset only.
     *
     * @param frameBytes how long the first frame is, in bytes; a segment that is too small for it gets a size of its own
     * @param time the log's time
     */
    Segment start(long logId, long first, long frameBytes, long time) throws IOException {
        lock.lock();
        try {
            syncNames();
            Spare spare = Segment.START + frameBytes > segmentBytes
                    ? make(Segment.START + frameBytes)
                    : spares.isEmpty() ? make(segmentBytes) : spares.removeFirst();
            Segment segment = new Segment(first, time, spare.isZeroed(), new Seal(logId, random.getAsLong()));
            try {
                try (LogFile file = files.open(spare.name())) {
                    file.write(segment.header(), 0);
                    file.sync();
                }
                isChanged = true;
                files.rename(spare.name(), segment.name());
            } catch (IOException e) {
                discard(spare.name());
                throw e;
            }
            syncNames();
            return segment;
        } finally {
            lock.unlock();
        }
    }

    /** Has a spare be there. */
    void prepare() throws IOException {
        lock.lock();
        try {
            if (spares.isEmpty()) {
                spares.add(make(segmentBytes));
                syncNames();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes a segment's name away, and keeps its file as a spare when that is useful. {@link #syncNames} has to follow. */
    void retire(Segment segment) throws IOException {
        lock.lock();
        try {
            long size;
            try (LogFile file = files.open(segment.name())) {
                size = file.size();
            }
            isChanged = true;
            if (size == segmentBytes && spares.size() < MOST_SPARES) {
                String name = SPARE + nextSpare++;
                files.rename(segment.name(), name);
                spares.add(new Spare(name, false));
            } else {
                files.delete(segment.name());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes the changes of names durable, when there are any. */
    void syncNames() throws IOException {
        lock.lock();
        try {
            if (isChanged) {
                files.sync();
                isChanged = false;
            }
        } finally {
            lock.unlock();
        }
    }

    private Spare make(long bytes) throws IOException {
        String name = SPARE + nextSpare++;
        isChanged = true;
        try (LogFile file = files.create(name, bytes)) {
            zero(file, 0, bytes);
            file.sync();
        } catch (IOException e) {
            discard(name);
            throw e;
        }
        return new Spare(name, true);
    }

    /** Writes zeros from one position to another. */
    static void zero(LogFile file, long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS, to - from));
        for (long at = from; at < to; at += zeros.limit()) {
            file.write(zeros.clear().limit((int) Math.min(ZEROS, to - at)), at);
        }
    }

    private void discard(String name) {
        try {
            files.delete(name);
        } catch (IOException e) {
            LOG.debug("{} in {} can't be deleted; it is when the log is opened again", name, files, e);
        }
    }
}
