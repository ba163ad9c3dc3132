package dev.manicule.client.internal;

import dev.manicule.client.ActionPage;
import dev.manicule.client.MessageAction;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Walks pages by their cursors, and fetches each when it is reached. For one thread. */
public final class PageWalk implements Iterator<MessageAction> {
    private final Fetch fetch;
    private Iterator<MessageAction> page = Collections.emptyIterator();
    private @Nullable String cursor;
    private boolean isLast;

    /** Fetches a page. */
    @FunctionalInterface
    public interface Fetch {
        /** The page after a cursor; the first one for null. */
        ActionPage page(@Nullable String after);
    }

    private PageWalk(Fetch fetch) {
        this.fetch = fetch;
    }

    /** The actions of all pages, which are fetched on the thread that reads the stream. */
    public static Stream<MessageAction> stream(Fetch fetch) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new PageWalk(fetch),
                Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !isLast) { // a server may send a page without actions, and more after it
            ActionPage next = fetch.page(cursor);
            page = next.actions().iterator();
            cursor = next.cursor();
            isLast = cursor == null;
        }
        return page.hasNext();
    }

    @Override
    public MessageAction next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
