package dev.manicule.client;

import dev.manicule.client.internal.MetadataFields;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;

/**
 * Gets the users or the channels that have metadata: a page with {@code sync()}, {@code async()} or {@code future()}, or
 * all of them, page by page as they are needed, with {@link #stream()}. By id, unless the call sets another order.
 *
 * <pre>{@code
 * client.listUserMetadata().filter("name LIKE 'A*'").sort("name").stream().forEach(user -> show(user.name()));
 * }</pre>
 *
 * @param <M> the type of the metadata
 * @since 0.1
 */
public final class ListMetadata<M extends Metadata> extends MetadataList<ListMetadata<M>, M> {
    private final MetadataKind<M> kind;

    ListMetadata(Transport transport, MetadataKind<M> kind) {
        this(transport, kind, include(FIRST_PAGE, Include.values()));
    }

    private ListMetadata(Transport transport, MetadataKind<M> kind, Query query) {
        super(transport, query);
        this.kind = kind;
    }

    @Override
    ListMetadata<M> with(Query changed) {
        return new ListMetadata<>(transport, kind, changed);
    }

    /**
     * Gets of these fields only those that are named; the rest of the metadata is always there.
     *
     * @param fields the fields; all of them by default
     * @return a call with these fields
     */
    public ListMetadata<M> include(Include... fields) {
        return with(include(query, fields));
    }

    @Override
    Request<MetadataPage<M>> request() {
        return Request.get(kind.operations().list(), kind.path(subscribeKey()), query,
                json -> MetadataFields.page(json, kind.decoder()));
    }
}
