package dev.manicule.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of files.
 *
 * @param files the oldest first
 * @param cursor continues after this page, with the same call; null when it is the last one
 * @see ListFiles
 * @since 0.1
 */
public record FilePage(List<ChannelFile> files, @Nullable String cursor) {
    /** Copies the list. */
    public FilePage {
        files = List.copyOf(files);
    }
}
