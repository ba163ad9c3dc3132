package dev.manicule.server.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One append, as it is written: a {@link FrameHeader}, then the body: each entry with four bytes of length before it, then zeros
 * up to a multiple of {@link FrameHeader#ALIGNMENT} bytes.
 */
final class Frame {
    /** The longest frame, in bytes. */
    static final int MOST_BYTES = 1 << 30;

    private static final int KEPT_BYTES = 1 << 20;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);

    /** How many bytes the frame of some entries takes; may be more than {@link #MOST_BYTES}. */
    static long length(List<byte[]> entries) {
        long length = FrameHeader.BYTES;
        for (byte[] entry : entries) {
            length += Integer.BYTES + entry.length;
        }
        return Math.ceilDiv(length, FrameHeader.ALIGNMENT) * FrameHeader.ALIGNMENT;
    }

    /** Encodes a frame into a buffer that the next call uses again. */
    ByteBuffer encode(List<byte[]> entries, long firstOffset, long time, Seal seal) {
        int length = (int) length(entries);
        ByteBuffer bytes = buffer(length);
        bytes.position(FrameHeader.BYTES);
        for (byte[] entry : entries) {
            bytes.putInt(entry.length).put(entry);
        }
        while (bytes.hasRemaining()) {
            bytes.put((byte) 0);
        }
        int checksum = FrameHeader.bodyChecksum(bytes.slice(FrameHeader.BYTES, length - FrameHeader.BYTES), seal);
        bytes.position(0);
        new FrameHeader(length, checksum, entries.size(), firstOffset, time).write(bytes, seal);
        return bytes.position(0);
    }

    private ByteBuffer buffer(int length) {
        if (length > KEPT_BYTES) {
            return ByteBuffer.allocate(length);
        }
        if (length > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(KEPT_BYTES);
        }
        return buffer.clear().limit(length);
    }

    /**
     * The entries of a body.
     *
     * @throws RuntimeException when the codec does not know them
     */
    static <E> Batch<E> decode(FrameHeader header, ByteBuffer body, EntryCodec<E> codec) {
        List<E> entries = new ArrayList<>(header.count());
        for (int i = 0; i < header.count(); i++) {
            int length = body.getInt();
            entries.add(codec.decode(body.slice(body.position(), length)));
            body.position(body.position() + length);
        }
        return new Batch<>(header.firstOffset(), header.time(), entries);
    }
}
