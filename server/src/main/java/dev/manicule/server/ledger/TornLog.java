package dev.manicule.server.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a power cut does to a log that is being written: the last write may be there in parts, with blocks of zeros
 * between them. RocksDB cuts a log that ends too soon, and refuses one with holes, since it can't tell them from
 * damage. This class knows what RocksDB can't know: only one write at a time is under way, and all before it are
 * synced. So a last record with holes, and nothing sound behind it, was never acknowledged, and is cut off.
 *
 * <p>A log is a sequence of blocks of 32 KiB that hold fragments: four bytes of CRC-32C (masked) over what follows the
 * length, two of length, one of type, all little-endian, then the content. A record is one fragment, or a first, some
 * middle ones and a last. The manifest has the same form.
 */
final class TornLog {
    private static final Logger LOG = LoggerFactory.getLogger(TornLog.class);
    private static final int BLOCK = 32 << 10;
    private static final int HEADER = 7;
    private static final int SECTOR = 512;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int MIDDLE = 3;
    private static final int LAST = 4;

    private final ByteBuffer bytes;

    private TornLog(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Cuts the logs of some tables at their end, where a power cut has left a write with holes. */
    static void mend(Path tables) throws IOException {
        if (!Files.isDirectory(tables)) {
            return;
        }
        try (Stream<Path> files = Files.list(tables)) {
            List<Path> all = files.toList();
            for (String kind : List.of("[0-9]+\\.log", "MANIFEST-[0-9]+")) {
                Path newest = all.stream()
                        .filter(file -> String.valueOf(file.getFileName()).matches(kind))
                        .max(Comparator.comparingLong(TornLog::number))
                        .orElse(null);
                if (newest != null) {
                    mendFile(newest);
                }
            }
        }
    }

    private static long number(Path file) {
        return Long.parseLong(String.valueOf(file.getFileName()).replaceAll("[^0-9]", ""));
    }

    private static void mendFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() == 0 || channel.size() > Integer.MAX_VALUE) {
                return;
            }
            int sound = new TornLog(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())).soundLength();
            if (sound == channel.size()) {
                return;
            }
            LOG.warn(
                    "The last write in {} was cut short, by a power cut most likely; no client has had a response to it. Its {} bytes"
                            + " are cut off.",
                    file, channel.size() - sound);
            try (FileChannel writing = FileChannel.open(file, StandardOpenOption.WRITE)) {
                writing.truncate(sound);
                writing.force(true);
            }
        }
    }

    /** The length of the log to keep: all of it, unless its end is a write with holes. */
    private int soundLength() {
        int size = bytes.capacity();
        int start = 0; // of the record that is being read
        boolean isInside = false;
        for (int at = next(0); at + HEADER <= size; at = next(at + HEADER + length(at))) {
            if (!isSound(at) || (isInside ? type(at) != MIDDLE && type(at) != LAST : isContinuation(at))) {
                int bad = isInside ? start : at;
                return hasRecordAfter(at) || !hasHoles(bad) ? size : bad;
            }
            if (!isInside) {
                start = at;
            }
            isInside = isInside ? type(at) != LAST : type(at) == FIRST;
        }
        return size; // sound, or only too short, which RocksDB cuts itself
    }

    /** Where the next fragment begins: there, or in the next block when no header fits into this one. */
    private static int next(int at) {
        int left = BLOCK - at % BLOCK;
        return left < HEADER ? at + left : at;
    }

    private int length(int at) {
        return bytes.getShort(at + 4) & 0xFFFF;
    }

    private int type(int at) {
        return bytes.get(at + 6);
    }

    private boolean isContinuation(int at) {
        return type(at) == MIDDLE || type(at) == LAST;
    }

    private boolean isSound(int at) {
        int length = length(at);
        if (at + HEADER + length > bytes.capacity() || HEADER + length > BLOCK - at % BLOCK || type(at) == 0) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at + 6, 1 + length));
        int value = (int) crc.getValue();
        int masked = ((value >>> 15) | (value << 17)) + 0xa282ead8;
        return bytes.getInt(at) == masked;
    }

    /**
     * Whether a record begins behind an unsound part: then that part is not an interrupted last write. The start of the
     * next record can't be known any more, so the search tries every position.
     */
    private boolean hasRecordAfter(int bad) {
        for (int at = bad + 1; at + HEADER <= bytes.capacity(); at++) {
            if ((type(at) == FULL || type(at) == FIRST) && isSound(at)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a sector, or what of it belongs to the last write, holds nothing but zeros. */
    private boolean hasHoles(int from) {
        for (int at = from; at < bytes.capacity();) {
            int end = Math.min((at / SECTOR + 1) * SECTOR, bytes.capacity());
            boolean isZero = true;
            for (int i = at; i < end && isZero; i++) {
                isZero = bytes.get(i) == 0;
            }
            if (isZero) {
                return true;
            }
            at = end;
        }
        return false;
    }
}
