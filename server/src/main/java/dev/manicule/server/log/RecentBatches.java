package dev.manicule.server.log;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last batches of a log, as the objects that were appended, within a bound of bytes. For one thread at a time.
 *
 * @param <E> an entry
 */
final class RecentBatches<E> {
    private final long mostBytes;
    private final TreeMap<Long, Recent<E>> byOffset = new TreeMap<>();
    private long bytes;

    /**
     * A batch, and where it is on the disk.
     *
     * @param batch the batch
     * @param segment the segment that holds its frame
     * @param position where the frame begins, in bytes
     * @param length of the frame, in bytes
     */
    record Recent<E>(Batch<E> batch, Segment segment, long position, int length) {
        /** Where the next frame begins, in bytes. */
        long endPosition() {
            return position + length;
        }
    }

    RecentBatches(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Adds the newest batch; the oldest ones go when there are too many bytes. */
    void add(Recent<E> recent) {
        byOffset.put(recent.batch().firstOffset(), recent);
        bytes += recent.length();
        while (bytes > mostBytes && byOffset.size() > 1) {
            bytes -= byOffset.pollFirstEntry().getValue().length();
        }
    }

    /** The batch that has an offset; null when it is not one of the last ones. */
    @Nullable
    Recent<E> find(long offset) {
        Map.Entry<Long, Recent<E>> floor = byOffset.floorEntry(offset);
        return floor == null || floor.getValue().batch().endOffset() <= offset ? null : floor.getValue();
    }
}
