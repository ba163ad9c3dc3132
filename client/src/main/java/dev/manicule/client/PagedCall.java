package dev.manicule.client;

import dev.manicule.client.internal.PageWalk;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gets entries page by page, by cursors: the part that all such lists share.
 *
 * @param <C> the call itself
 * @param <P> the type of a page
 * @param <E> the type of an entry
 * @since 0.1
 */
public abstract sealed class PagedCall<C extends PagedCall<C, P, E>, P, E> extends Call<P>
        permits PagedActions, GetReadMarks, MetadataList, ListFiles {
    /** That of a call which does not say what it needs. */
    static final Query FIRST_PAGE = Query.NONE.with("limit", 100);

    final Query query;

    PagedCall(Transport transport, Query query) {
        super(transport);
        this.query = query;
    }

    /** The name of the parameter that has the cursor. */
    String cursorName() {
        return "cursor";
    }

    /** The same call with another query. */
    abstract C with(Query changed);

    /** The entries of a page, and what continues after it. */
    abstract PageWalk.Entries<E> entries(P page);

    /**
     * Sets the most entries of a page.
     *
     * @param most at least 1; 100 by default, and the server has a limit of its own: 1,000 of actions and
     *        marks, 100 of App Context and files
     * @return a call with this limit
     * @throws IllegalArgumentException when it is less than 1
     */
    public C limit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("limit must be at least 1");
        }
        return with(query.with("limit", most));
    }

    /**
     * Continues after a page that was fetched before.
     *
     * @param after the cursor of that page, from a call that differs in its limit and cursor only; null for the first page
     * @return a call for the page after it
     */
    public C cursor(@Nullable String after) {
        return with(query.with(cursorName(), after));
    }

    /**
     * All entries that the call selects. Each page is fetched when the stream reaches it, on the thread that reads the
     * stream, which throws a {@link ManiculeException} when a page can't be fetched.
     *
     * @return the entries, ordered, without null
     * @throws IllegalArgumentException when an argument is missing; the message names it
     */
    public Stream<E> stream() {
        Request<P> unused = request();
        return PageWalk.stream(after -> entries((after == null ? this : cursor(after)).sync().orThrow()));
    }
}
