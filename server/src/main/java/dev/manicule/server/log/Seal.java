package dev.manicule.server.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What tells the frames of a segment from all other bytes. Both numbers are random and covered by each checksum of the segment.
 * Clients choose the bytes of entries, and do not know the numbers: no bytes of theirs pass for a frame. The salt is another one
 * each time a file becomes a segment: frames of the file's earlier life do not pass for frames of now.
 *
 * @param logId the same in all segments of a log
 * @param salt of this life of the file
 */
record Seal(long logId, long salt) {
    private static final int BYTES = 2 * Long.BYTES;

    /** A checksum that has covered the seal. */
    CRC32C checksum() {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(BYTES).putLong(logId).putLong(salt).flip());
        return checksum;
    }
}
