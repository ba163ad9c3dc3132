package dev.manicule.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the frames of one segment, through a buffer. For one thread. */
final class FrameReader implements AutoCloseable {
    private static final int CHUNK_BYTES = 256 << 10;

    private final LogFile file;
    private final Segment segment;
    private final long size;
    private long position;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private long chunkPosition;

    /**
     * Opens a segment.
     *
     * @param position where a frame begins, in bytes
     */
    FrameReader(LogFiles files, Segment segment, long position) throws IOException {
        this.segment = segment;
        this.position = position;
        file = files.open(segment.name());
        try {
            size = file.size();
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    Segment segment() {
        return segment;
    }

    /** How many bytes the file has. */
    long size() {
        return size;
    }

    /** Where the next frame is looked for, in bytes. */
    long position() {
        return position;
    }

    /** Sets another position for the next frame. */
    void seek(long to) {
        position = to;
    }

    /** Forgets what has been read ahead, since the file has changed behind the position. */
    void refresh() {
        chunk.limit(0);
    }

    /** The header of the frame at the position; null when there is no sound one, or the file ends before the frame does. */
    @Nullable
    FrameHeader header() throws IOException {
        if (!fill(FrameHeader.BYTES)) {
            return null;
        }
        FrameHeader header = FrameHeader.read(chunk, index(), segment.seal());
        return header == null || header.length() > size - position ? null : header;
    }

    /**
     * The body of the frame at the position.
     *
     * @return valid until the next call; null when it is not sound
     */
    @Nullable
    ByteBuffer body(FrameHeader header) throws IOException {
        ByteBuffer body = frame(header.length()).position(FrameHeader.BYTES).slice();
        return FrameHeader.bodyChecksum(body, segment.seal()) == header.bodyChecksum() ? body : null;
    }

    /** The bytes of the frame at the position, valid until the next call. */
    ByteBuffer frame(int length) throws IOException {
        if (!fill(length)) {
            throw new IOException("the file ends within a frame");
        }
        return chunk.slice(index(), length);
    }

    /** Goes on behind the frame at the position. */
    void skip(FrameHeader header) {
        position += header.length();
    }

    /** How many bytes from the position on have nothing but zeros behind them. */
    int bytesBeforeZeros() throws IOException {
        long start = position;
        int found = 0;
        try {
            while (position < size) {
                int length = (int) Math.min(CHUNK_BYTES, size - position);
                ByteBuffer bytes = frame(length);
                for (int i = 0; i < length; i++) {
                    if (bytes.get(i) != 0) {
                        found = (int) (position - start) + i + 1;
                    }
                }
                position += length;
            }
            return found;
        } finally {
            position = start;
        }
    }

    private int index() {
        return (int) (position - chunkPosition);
    }

    /** Has so many bytes from the position on be in the chunk; false when the file has fewer. */
    private boolean fill(int bytes) throws IOException {
        if (bytes > size - position) {
            return false;
        }
        if (position < chunkPosition || position + bytes > chunkPosition + chunk.limit()) {
            int wanted = (int) Math.min(Math.max(bytes, CHUNK_BYTES), size - position);
            if (chunk.capacity() < wanted || chunk.capacity() > CHUNK_BYTES) {
                chunk = ByteBuffer.allocate(wanted);
            }
            chunk.clear().limit(wanted);
            chunkPosition = position;
            file.read(chunk, position);
            chunk.flip();
        }
        return bytes <= chunk.limit() - index();
    }

    @Override
    public void close() {
        file.close();
    }
}
