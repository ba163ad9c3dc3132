package dev.manicule.client;

import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.List;

/**
 * Removes the metadata of a user or a channel. Without metadata, it changes nothing, and succeeds all the same.
 *
 * <pre>{@code
 * client.removeUserMetadata("alice").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class RemoveMetadata extends Call<RemoveMetadata.Result> {
    private final MetadataKind<?> kind;
    private final String id;

    /**
     * There is no metadata any more; the result is empty.
     *
     * @since 0.1
     */
    public record Result() {}

    RemoveMetadata(Transport transport, MetadataKind<?> kind, String id) {
        super(transport);
        this.kind = kind;
        this.id = id;
    }

    @Override
    Request<Result> request() {
        String name = required(id, kind.name());
        return Request.delete(kind.operations().remove(), kind.path(subscribeKey()).and(name), Query.NONE,
                json -> new Result()).about(kind.channels(name), List.of());
    }
}
