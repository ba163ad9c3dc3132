package dev.manicule.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of read marks.
 *
 * @param marks in the order of the call
 * @param cursor continues after this page, with the same call; null when it is the last one
 * @see GetReadMarks
 * @since 0.1
 */
public record ReadMarkPage(List<ReadMark> marks, @Nullable String cursor) {
    /** Copies the list. */
    public ReadMarkPage {
        marks = List.copyOf(marks);
    }
}
