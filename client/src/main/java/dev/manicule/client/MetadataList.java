package dev.manicule.client;

import dev.manicule.client.internal.PageWalk;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gets a list of App Context page by page: the part that {@link ListMetadata} and {@link GetMemberships} share.
 *
 * @param <C> the call itself
 * @param <E> the type of an entry
 * @since 0.1
 */
public abstract sealed class MetadataList<C extends MetadataList<C, E>, E extends Metadata>
        extends
            PagedCall<C, MetadataPage<E>, E>
        permits ListMetadata, GetMemberships {
    private static final String INCLUDE = "include";
    private static final String PAGE_BEFORE = "end";
    /** That of a call which does not say what it needs of the fields. */
    static final Query ALL_FIELDS = include(Query.NONE, Include.values());

    MetadataList(Transport transport, Query query) {
        super(transport, query);
    }

    /** A query for these fields. */
    static Query include(Query query, Include... fields) {
        return query.with(INCLUDE, fields.length == 0 ? null : Include.list("", List.of(fields)));
    }

    @Override
    final String cursorName() {
        return "start";
    }

    @Override
    final PageWalk.Entries<E> entries(MetadataPage<E> page) {
        return new PageWalk.Entries<>(page.entries(), page.next());
    }

    @Override
    public C cursor(@Nullable String after) {
        return with(query.with(PAGE_BEFORE, null).with(cursorName(), after));
    }

    /**
     * Goes back to the page before one that was fetched.
     *
     * @param prev that of the page, from a call that differs in its limit and cursor only; null for the first page
     * @return a call for the page before it
     */
    public C before(@Nullable String prev) {
        return with(query.with(cursorName(), null).with(PAGE_BEFORE, prev));
    }

    /**
     * Gets only the entries that match.
     *
     * @param expression a filter as of subscriptions, over {@code id}, {@code name}, {@code status}, {@code type},
     *        {@code updated}, {@code custom.x} and the other fields, such as {@code name LIKE 'A*'}; of memberships, the
     *        fields of the channel or the user are behind {@code channel.} or {@code uuid.}; null for all entries
     * @return a call with this filter
     */
    public C filter(@Nullable String expression) {
        return with(query.with("filter", expression));
    }

    /**
     * Sets the order.
     *
     * @param fields {@code id}, {@code name}, {@code updated}, {@code status} or {@code type}, each also with {@code :desc}
     *        behind it; the first one counts first; of memberships, the fields of the channel or the user are behind
     *        {@code channel.} or {@code uuid.}; none for the order by id
     * @return a call with this order
     */
    public C sort(String... fields) {
        return with(query.with("sort", fields.length == 0 ? null : String.join(",", fields)));
    }

    /**
     * Gets the number of all entries, too: {@link MetadataPage#totalCount()}.
     *
     * @return a call that gets it
     */
    public C withTotalCount() {
        return with(query.with("count", true));
    }
}
