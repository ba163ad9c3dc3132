package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Transport;
import java.util.List;

/**
 * Gets the metadata of a user or a channel. The status of the call is a 404 when there is none.
 *
 * <pre>{@code
 * String name = client.getUserMetadata("alice").sync().orThrow().name();
 * }</pre>
 *
 * @param <M> the type of the metadata
 * @since 0.1
 */
public final class GetMetadata<M extends Metadata> extends Call<M> {
    private final MetadataKind<M> kind;
    private final String id;
    private final Query query;

    GetMetadata(Transport transport, MetadataKind<M> kind, String id) {
        this(transport, kind, id, MetadataList.ALL_FIELDS);
    }

    private GetMetadata(Transport transport, MetadataKind<M> kind, String id, Query query) {
        super(transport);
        this.kind = kind;
        this.id = id;
        this.query = query;
    }

    /**
     * Gets of these fields only those that are named; the rest of the metadata is always there.
     *
     * @param fields the fields; all of them by default
     * @return a call with these fields
     */
    public GetMetadata<M> include(Include... fields) {
        return new GetMetadata<>(transport, kind, id, MetadataList.include(query, fields));
    }

    @Override
    Request<M> request() {
        String name = required(id, kind.name());
        return Request.get(kind.operations().get(), kind.path(subscribeKey()).and(name), query,
                json -> kind.decoder().decode(Fields.member(json, "data"))).about(kind.channels(name), List.of());
    }
}
