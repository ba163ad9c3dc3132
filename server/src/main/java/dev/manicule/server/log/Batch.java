package dev.manicule.server.log;

import java.util.List;

/**
 * The entries of one append, or its last ones when the reader began in the middle of it.
 *
 * @param firstOffset the offset of the first entry; the others follow without holes
 * @param time the log's time at the append, in 100 ns since 1970 (a {@link dev.manicule.server.model.Timetoken})
 * @param entries at least one
 * @param <E> an entry
 */
public record Batch<E>(long firstOffset, long time, List<E> entries) {
    /** Copies the list. */
    public Batch {
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("A batch has at least one entry.");
        }
    }

    /** The offset after the last entry. */
    public long endOffset() {
        return firstOffset + entries.size();
    }

    /** The entries from an offset on, which lies in this batch. */
    Batch<E> from(long offset) {
        return offset == firstOffset
                ? this
                : new Batch<>(offset, time, entries.subList((int) (offset - firstOffset), entries.size()));
    }
}
