package dev.manicule.client.internal;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Walks pages by their cursors, and fetches each when it is reached. For one thread.
 *
 * @param <E> the type of an entry
 */
public final class PageWalk<E> implements Iterator<E> {
    private final Fetch<E> fetch;
    private Iterator<E> page = Collections.emptyIterator();
    private @Nullable String cursor;
    private boolean isLast;

    /**
     * The content of a page.
     *
     * @param cursor continues after it, null when it is the last one
     */
    public record Entries<E>(List<E> all, @Nullable String cursor) {}

    /** Fetches a page. */
    @FunctionalInterface
    public interface Fetch<E> {
        /** The page after a cursor; the first one for null. */
        Entries<E> page(@Nullable String after);
    }

    private PageWalk(Fetch<E> fetch) {
        this.fetch = fetch;
    }

    /** The entries of all pages, which are fetched on the thread that reads the stream. */
    public static <E> Stream<E> stream(Fetch<E> fetch) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new PageWalk<>(fetch),
                Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !isLast) { // a server may send a page without entries, and more after it
            Entries<E> next = fetch.page(cursor);
            page = next.all().iterator();
            isLast = next.cursor() == null || next.cursor().equals(cursor); // some servers say where nothing is, too
            cursor = next.cursor();
        }
        return page.hasNext();
    }

    @Override
    public E next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
