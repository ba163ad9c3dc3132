package dev.manicule.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log as a crash has left it, and finds its end. Checks each frame of each segment. One frame at a time is written, after
 * all before it are synced: so a frame that is not sound and has no sound one behind it is a write that a crash cut short. No reader
 * has seen it, and its client got no success: it is cut off. Anything else that is not sound is damage.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final LogFiles files;

    /**
     * A log that can go on.
     *
     * @param segments all, in order, at least one
     * @param end the next offset
     * @param position where the next frame goes in the last segment, in bytes
     * @param size of the last segment, in bytes
     * @param time the log's time, in 100 ns since 1970
     */
    record Recovered(List<Segment> segments, long end, long position, long size, long time) {}

    private record Scan(long end, long time, long lastFrame) {}

    LogRecovery(LogFiles files) {
        this.files = files;
    }

    /** The names of the segments in a folder, in the order of their offsets. */
    static List<String> segmentNames(LogFiles files) throws IOException {
        return files.list().stream().filter(Segment::isName).sorted().toList();
    }

    /** Reads the log. What is at its end is on the disk when this returns. */
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
            throw new LogDamagedException("The log is missing: no segment in " + files + ". Restore a backup.");
        }
        return segments;
    }

    private Recovered recoverLast(List<Segment> segments) throws IOException, LogDamagedException {
        Segment last = segments.getLast();
        try (FrameReader reader = new FrameReader(files, last, Segment.START)) {
            Scan scan = scan(reader);
            long position = reader.position();
            refuseFramesBehind(reader, scan.end());
            try (LogFile file = files.open(last.name())) {
                cut(reader, file);
                if (scan.lastFrame() > 0) {
                    reader.seek(scan.lastFrame());
                    rewrite(file, reader.frame((int) (position - scan.lastFrame())), scan.lastFrame());
                }
                file.sync();
            }
            return new Recovered(segments, scan.end(), position, reader.size(), scan.time());
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

    /** Where the next frame would begin can't be known any more when one is not sound, so all places are tried. */
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

    /** Zeros what a write that was cut short has left at the reader's position. */
    private void cut(FrameReader reader, LogFile file) throws IOException {
        FrameHeader header = reader.header();
        if (header == null && !(reader.segment().isZeroed() && reader.hasBytes())) {
            return;
        }
        LOG.warn(
                "The last append to the log was cut short by a crash, at byte {} of {} in {}; its client got no success. {} bytes are"
                        + " cut off.",
                reader.position(), reader.segment().name(), files,
                header == null ? reader.size() - reader.position() : header.length());
        SegmentFolder.zero(file, reader.position(), reader.size());
        reader.refresh();
    }

    private LogDamagedException damage(FrameReader reader, String what) {
        return LogDamagedException.at(files, reader.segment().name(), reader.position(), what);
    }
}
