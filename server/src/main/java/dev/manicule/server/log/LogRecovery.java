package dev.manicule.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log as a crash has left it, and finds its end. Checks each frame of each segment. One frame at a time is written, after
 * all before it are synced: so a frame that is not sound and has no sound one behind it is taken for a write that a crash cut short,
 * which no reader has seen. It is cut off once its log is known to go on; its bytes are kept, since damage to the last frame looks the
 * same. Anything else that is not sound is damage.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    /** The files in which what was cut off is kept: its segment and place. */
    private static final String KEPT_PATTERN = "cut-[0-9]{20}-[0-9]{1,10}";
    private static final int MOST_KEPT = 8;

    private final LogFiles files;

    /**
     * A log that can go on.
     *
     * @param segments all, in order, at least one
     * @param end the next offset
     * @param position where the next frame goes in the last segment, in bytes
     * @param size of the last segment, in bytes
     * @param time the log's time, in 100 ns since 1970
     * @param remains what is to be cut off at the position; null when there is nothing
     */
    record Recovered(List<Segment> segments, long end, long position, long size, long time,
            @Nullable Remains remains) {}

    /**
     * Bytes behind the last sound frame of the last segment.
     *
     * @param length how many, in bytes
     */
    record Remains(Segment segment, long position, int length) {}

    private record Scan(long end, long time, long lastFrame) {}

    LogRecovery(LogFiles files) {
        this.files = files;
    }

    /** The names of the segments in a folder, in the order of their offsets. */
    static List<String> segmentNames(LogFiles files) throws IOException {
        return files.list().stream().filter(Segment::isName).sorted().toList();
    }

    /** Reads the log. Its last sound frame is on the disk when this returns; nothing is cut off yet. */
    Recovered recover() throws IOException, LogDamagedException {
        List<Segment> segments = segments();
        for (int i = 0; i < segments.size() - 1; i++) {
            try (FrameReader reader = new FrameReader(files, segments.get(i), Segment.START)) {
                Scan scan = scan(reader);
                long next = segments.get(i + 1).first();
                if (scan.end() != next) {
                    throw damage(reader,
                            "the entries from offset " + scan.end() + " to " + next + " are missing or not sound");
                }
            }
        }
        return recoverLast(segments);
    }

    private List<Segment> segments() throws IOException, LogDamagedException {
        List<Segment> segments = new ArrayList<>();
        for (String name : segmentNames(files)) {
            Segment segment;
            try (LogFile file = files.open(name)) {
                ByteBuffer header = ByteBuffer.allocate(Segment.START);
                file.read(header, 0);
                segment = Segment.read(header.flip());
            }
            if (segment == null || !segment.name().equals(name)) {
                throw LogDamagedException.at(files, name, 0, "its header is not sound");
            }
            if (!segments.isEmpty() && segments.getFirst().seal().logId() != segment.seal().logId()) {
                throw LogDamagedException.at(files, name, 0, "it belongs to another log");
            }
            segments.add(segment);
        }
        if (segments.isEmpty()) {
            throw new LogDamagedException("The log is missing: no segment in " + files + ".");
        }
        return segments;
    }

    private Recovered recoverLast(List<Segment> segments) throws IOException, LogDamagedException {
        Segment last = segments.getLast();
        try (FrameReader reader = new FrameReader(files, last, Segment.START)) {
            Scan scan = scan(reader);
            long position = reader.position();
            refuseFramesBehind(reader, scan.end());
            Remains remains = remains(reader);
            try (LogFile file = files.open(last.name())) {
                if (scan.lastFrame() > 0) {
                    reader.seek(scan.lastFrame());
                    rewrite(file, reader.frame((int) (position - scan.lastFrame())), scan.lastFrame());
                }
                file.sync();
            }
            return new Recovered(segments, scan.end(), position, reader.size(), scan.time(), remains);
        }
    }

    /**
     * The last frame may have been read from memory, where a process that was killed, or a sync that failed, has left it: it is
     * written again, since a sync alone would not write it.
     */
    private static void rewrite(LogFile file, ByteBuffer frame, long position) throws IOException {
        file.write(frame, position);
    }

    /** Reads frames as long as they are sound; the reader is behind the last one afterwards. */
    private static Scan scan(FrameReader reader) throws IOException {
        long end = reader.segment().first();
        long time = reader.segment().time();
        long lastFrame = 0;
        while (true) {
            FrameHeader header = reader.header();
            if (header == null || header.firstOffset() != end || reader.body(header) == null) {
                return new Scan(end, time, lastFrame);
            }
            lastFrame = reader.position();
            end = header.endOffset();
            time = header.time();
            reader.skip(header);
        }
    }

    /** Behind an unsound frame the start of the next one can't be known any more, so this tries all places. */
    private void refuseFramesBehind(FrameReader reader, long end) throws IOException, LogDamagedException {
        long bad = reader.position();
        for (long at = bad; at + FrameHeader.BYTES < reader.size(); at += FrameHeader.ALIGNMENT) {
            reader.seek(at);
            FrameHeader header = reader.header();
            if (header != null && header.firstOffset() > end && reader.body(header) != null) {
                reader.seek(bad);
                throw damage(reader, "the frame of offset " + end + " is not sound, and offset " + header.firstOffset()
                        + " follows at byte " + at);
            }
        }
        reader.seek(bad);
    }

    private static @Nullable Remains remains(FrameReader reader) throws IOException {
        FrameHeader header = reader.header();
        if (header != null) {
            return new Remains(reader.segment(), reader.position(), header.length());
        }
        int length = reader.segment().isZeroed() ? reader.bytesBeforeZeros() : 0; // else those of an earlier life
        return length == 0 ? null : new Remains(reader.segment(), reader.position(), length);
    }

    /** Zeros the remains, which are in a file of their own then. */
    void cut(Remains remains) throws IOException {
        Segment segment = remains.segment();
        String kept = String.format(Locale.ROOT, "cut-%020d-%d", segment.first(), remains.position());
        makeRoom(kept);
        try (LogFile file = files.open(segment.name())) {
            ByteBuffer bytes = ByteBuffer.allocate(remains.length());
            file.read(bytes, remains.position());
            bytes.flip();
            try (LogFile copy = files.create(kept, bytes.limit())) {
                copy.write(bytes, 0);
                copy.sync();
            }
            files.sync();
            SegmentFolder.zero(file, remains.position(), file.size());
            file.sync();
        }
        LOG.warn(
                "The last {} bytes of the log, at byte {} of {} in {}, are no whole append, and are cut off: a crash has cut it"
                        + " short, and its client got no success; or the disk has damaged it. They are kept in {}.",
                remains.length(), remains.position(), segment.name(), files, kept);
    }

    /** Deletes what would be replaced, and the oldest of too many. */
    private void makeRoom(String name) throws IOException {
        List<String> kept = files.list().stream().filter(each -> each.matches(KEPT_PATTERN)).sorted().toList();
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i).equals(name) || i <= kept.size() - MOST_KEPT) {
                files.delete(kept.get(i));
            }
        }
    }

    private LogDamagedException damage(FrameReader reader, String what) {
        return LogDamagedException.at(files, reader.segment().name(), reader.position(), what);
    }
}
