package dev.manicule.server.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The head of a frame: four bytes of length of the frame, four of checksum (CRC-32C) of the header's other fields, four of checksum
 * of the body, four of count, eight of offset, eight of time; all big-endian. Both checksums begin with the {@link Seal}. The
 * header has one of its own so that a frame that is not whole can be distinguished from bytes that are no frame, and so that a reader
 * can skip bodies.
 *
 * @param length of the whole frame in bytes, a multiple of {@link #ALIGNMENT}
 * @param bodyChecksum CRC-32C of the body
 * @param count how many entries the frame has, at least 1
 * @param firstOffset of the first entry
 * @param time of the append, in 100 ns since 1970
 */
record FrameHeader(int length, int bodyChecksum, int count, long firstOffset, long time) {
    /** How many bytes a header takes. */
    static final int BYTES = 32;
    /** A frame begins at a multiple of so many bytes. */
    static final int ALIGNMENT = 8;

    private static final int CHECKSUM_AT = Integer.BYTES;
    private static final int BODY_CHECKSUM_AT = 2 * Integer.BYTES;

    /** The offset after the last entry. */
    long endOffset() {
        return firstOffset + count;
    }

    /** Writes the header, at the buffer's position. */
    void write(ByteBuffer bytes, Seal seal) {
        int start = bytes.position();
        bytes.putInt(length).putInt(0).putInt(bodyChecksum).putInt(count).putLong(firstOffset).putLong(time);
        bytes.putInt(start + CHECKSUM_AT, checksum(bytes, start, seal));
    }

    /**
     * The header in some bytes, at an index.
     *
     * @return null when there is no sound one
     */
    static @Nullable FrameHeader read(ByteBuffer bytes, int at, Seal seal) {
        int length = bytes.getInt(at);
        if (length <= BYTES || length % ALIGNMENT != 0 || bytes.getInt(at + CHECKSUM_AT) != checksum(bytes, at, seal)) {
            return null;
        }
        ByteBuffer fields = bytes.slice(at + BODY_CHECKSUM_AT, BYTES - BODY_CHECKSUM_AT);
        return new FrameHeader(length, fields.getInt(), fields.getInt(), fields.getLong(), fields.getLong());
    }

    private static int checksum(ByteBuffer bytes, int start, Seal seal) {
        CRC32C checksum = seal.checksum();
        checksum.update(bytes.slice(start, CHECKSUM_AT));
        checksum.update(bytes.slice(start + BODY_CHECKSUM_AT, BYTES - BODY_CHECKSUM_AT));
        return (int) checksum.getValue();
    }

    /** The checksum of a body. */
    static int bodyChecksum(ByteBuffer body, Seal seal) {
        CRC32C checksum = seal.checksum();
        checksum.update(body.duplicate());
        return (int) checksum.getValue();
    }
}
