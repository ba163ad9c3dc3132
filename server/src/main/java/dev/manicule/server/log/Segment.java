package dev.manicule.server.log;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the log, whose name is the offset of its first entry. It begins with a sector that describes it; then come frames,
 * one after the other; then what the file held before: zeros, or the frames of an earlier life.
 *
 * @param first the offset of its first entry
 * @param time the log's time when the file became a segment, in 100 ns since 1970
 * @param isZeroed whether the file held nothing but zeros then
 * @param seal of its frames
 */
record Segment(long first, long time, boolean isZeroed, Seal seal) {
    /** Where the first frame begins, in bytes. */
    static final int START = 512;

    private static final String NAME_PATTERN = "[0-9]{20}\\.log";
    /** Says what the file is: "MANICLOG". */
    private static final long MAGIC = 0x4D414E49434C4F47L;
    private static final int VERSION = 1;
    private static final int CHECKSUM_AT = START - Integer.BYTES;

    /** The name of the file. */
    String name() {
        return String.format(Locale.ROOT, "%020d.log", first);
    }

    /** Whether a file of that name is a segment. */
    static boolean isName(String name) {
        return name.matches(NAME_PATTERN);
    }

    /** The first sector of the file. */
    ByteBuffer header() {
        ByteBuffer bytes = ByteBuffer.allocate(START);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(isZeroed ? 1 : 0).putLong(first).putLong(time);
        bytes.putLong(seal.logId()).putLong(seal.salt());
        return bytes.putInt(CHECKSUM_AT, checksum(bytes)).clear();
    }

    /**
     * The segment that a file's first sector describes.
     *
     * @return null when it does not describe one
     */
    static @Nullable Segment read(ByteBuffer bytes) {
        if (bytes.remaining() < START || bytes.getInt(CHECKSUM_AT) != checksum(bytes) || bytes.getLong() != MAGIC
                || bytes.getInt() != VERSION) {
            return null;
        }
        boolean isZeroed = bytes.getInt() != 0;
        return new Segment(bytes.getLong(), bytes.getLong(), isZeroed, new Seal(bytes.getLong(), bytes.getLong()));
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.slice(0, CHECKSUM_AT));
        return (int) checksum.getValue();
    }
}
