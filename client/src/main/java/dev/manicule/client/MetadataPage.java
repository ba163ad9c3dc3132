package dev.manicule.client;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of App Context.
 *
 * @param <E> the type of an entry
 * @param entries in the order of the call
 * @param next continues after this page, with {@link MetadataList#cursor}; null when it is the last one
 * @param prev leads to the page before, with {@link MetadataList#before}; null when it is the first one
 * @param totalCount how many entries the list has; empty unless the call {@linkplain MetadataList#withTotalCount requests}
 *        it, and where the server does not know it
 * @since 0.1
 */
public record MetadataPage<E extends Metadata>(List<E> entries, @Nullable String next, @Nullable String prev,
        OptionalLong totalCount) {
    /** Copies the list. */
    public MetadataPage {
        entries = List.copyOf(entries);
    }
}
