package dev.manicule.server.log;

import dev.manicule.server.files.FileFault;
import dev.manicule.server.log.RecentBatches.Recent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a {@link LocalLog}: the last batches come from memory, as the objects that were appended; older ones are read from the segments.
 *
 * @param <E> an entry
 */
final class LocalLogReader<E> implements LogReader<E> {
    private final LocalLog<E> log;
    private long next;
    /** Of the segment in which this reader has read last, at a frame that does not begin behind the next offset. */
    private @Nullable FrameReader frames;

    LocalLogReader(LocalLog<E> log, long from) {
        this.log = log;
        next = from;
    }

    @Override
    public @Nullable Batch<E> next(long millis) throws InterruptedException, LogException {
        if (!log.await(next, TimeUnit.MILLISECONDS.toNanos(millis))) {
            return null;
        }
        Recent<E> recent = log.findRecent(next);
        Batch<E> batch = (recent == null ? read() : recent.batch()).from(next);
        if (recent != null) {
            follow(recent);
        }
        next = batch.endOffset();
        return batch;
    }

    /**
     * Moves past a batch that was not read from the disk, so that the reader, if it falls behind again, does not begin
     * at the segment's start.
     */
    private void follow(Recent<E> recent) {
        if (frames != null && frames.segment().equals(recent.segment())) {
            frames.seek(recent.endPosition());
        }
    }

    private Batch<E> read() throws LogException {
        Segment segment = log.segmentOf(next);
        if (segment == null) {
            throw released();
        }
        try {
            FrameReader reader = open(segment);
            Batch<E> batch = read(reader);
            if (batch == null) {
                reader.refresh(); // what was read ahead may have been written since
                batch = read(reader);
            }
            if (batch != null) {
                return batch;
            }
            if (log.segmentOf(next) != null) {
                throw LogDamagedException.at(log.files(), segment.name(), reader.position(),
                        "the frame of offset " + next + " is not sound");
            }
        } catch (IOException e) {
            close();
            if (log.segmentOf(next) != null) {
                throw new LogException("The log in " + log.files() + " can't be read (" + FileFault.reason(e) + ").",
                        e);
            }
        }
        throw released(); // while it was being read
    }

    private FrameReader open(Segment segment) throws IOException {
        FrameReader reader = frames;
        if (reader == null || !reader.segment().equals(segment)) {
            close();
            reader = new FrameReader(log.files(), segment, Segment.START);
            frames = reader;
        }
        return reader;
    }

    /** The batch of the next offset; null when the segment has no sound frame of it. */
    private @Nullable Batch<E> read(FrameReader reader) throws IOException, LogException {
        FrameHeader header = reader.header();
        while (header != null && header.endOffset() <= next) {
            reader.skip(header);
            header = reader.header();
        }
        ByteBuffer body = header == null || header.firstOffset() > next ? null : reader.body(header);
        if (header == null || body == null) {
            return null;
        }
        Batch<E> batch;
        try {
            batch = Frame.decode(header, body, log.codec());
        } catch (RuntimeException e) {
            throw new LogException(
                    "The entries from offset " + header.firstOffset() + " can't be decoded: " + e.getMessage() + ".",
                    e);
        }
        reader.skip(header);
        return batch;
    }

    private LogException released() {
        return new LogException("Offset " + next + " has been released.");
    }

    @Override
    public void close() {
        FrameReader reader = frames;
        if (reader != null) {
            reader.close();
            frames = null;
        }
    }
}
