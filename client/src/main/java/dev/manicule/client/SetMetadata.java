package dev.manicule.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sets fields of metadata: the part that {@link SetUserMetadata} and {@link SetChannelMetadata} share. Fields that the
 * call does not name stay as they are. Its result is the metadata as it is then.
 *
 * @param <C> the call itself
 * @param <M> the type of the metadata
 * @since 0.1
 */
public abstract sealed class SetMetadata<C extends SetMetadata<C, M>, M extends Metadata> extends Call<M>
        permits SetUserMetadata, SetChannelMetadata {
    private final Operation operation;
    private final MetadataKind<M> kind;
    final Input input;

    /**
     * What is set, and of which.
     *
     * @param fields never changed: each change is made to a copy
     * @param tag that the metadata must have; null for any
     */
    record Input(String id, ObjectNode fields, Query query, @Nullable String tag) {
        static Input of(String id) {
            return new Input(id, Json.MAPPER.createObjectNode(), MetadataList.ALL_FIELDS, null);
        }
    }

    SetMetadata(Transport transport, Operation operation, MetadataKind<M> kind, Input input) {
        super(transport);
        this.operation = operation;
        this.kind = kind;
        this.input = input;
    }

    /** The same call with another input. */
    abstract C with(Input changed);

    final C text(String name, @Nullable String text) {
        return changed(fields -> fields.put(name, text));
    }

    private C changed(Consumer<ObjectNode> change) {
        ObjectNode copy = input.fields.deepCopy();
        change.accept(copy);
        return with(new Input(input.id, copy, input.query, input.tag));
    }

    /**
     * Sets the name.
     *
     * @param text up to 2,048 bytes; null to clear it
     * @return a call with this name
     */
    public C name(@Nullable String text) {
        return text("name", text);
    }

    /**
     * Sets the status, a word of the application's.
     *
     * @param text up to 2,048 bytes; null to clear it
     * @return a call with this status
     */
    public C status(@Nullable String text) {
        return text("status", text);
    }

    /**
     * Sets the type, a word of the application's.
     *
     * @param text up to 2,048 bytes; null to clear it
     * @return a call with this type
     */
    public C type(@Nullable String text) {
        return text("type", text);
    }

    /**
     * Sets the custom fields, in place of all that are there.
     *
     * @param object anything that Jackson writes as a JSON object of strings, numbers, booleans and nulls, up to 10 KiB;
     *        null to clear them
     * @return a call with these fields
     */
    public C custom(@Nullable Object object) {
        return changed(fields -> fields.set("custom", Json.MAPPER.valueToTree(object)));
    }

    /**
     * Sets the fields only if the metadata is still the one that was read. Otherwise, the category of the status is
     * {@link Category#PRECONDITION_FAILED}.
     *
     * @param eTag that of the metadata which was read: {@link Metadata#eTag()}
     * @return a call with this condition
     * @throws IllegalArgumentException when it can be no tag
     */
    public C ifMatch(String eTag) {
        if (!required(eTag, "eTag").chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException("eTag has characters that no tag has: " + eTag);
        }
        return with(new Input(input.id, input.fields, input.query, eTag));
    }

    /**
     * Has only these fields in the result; the rest of the metadata is always there.
     *
     * @param fields the fields; all of them by default
     * @return a call with these fields
     */
    public C include(Include... fields) {
        return with(new Input(input.id, input.fields, MetadataList.include(input.query, fields), input.tag));
    }

    @Override
    final Request<M> request() {
        String id = required(input.id, kind.name());
        return Request.patch(operation, kind.path(subscribeKey()).and(id), input.query,
                Json.write(input.fields, "a field"),
                json -> kind.decoder().decode(Fields.member(json, "data")))
                .ifMatch(input.tag)
                .about(kind.channels(id), List.of());
    }
}
