package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Grant;
import dev.manicule.server.access.Permission;
import dev.manicule.server.filter.FilterInput;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.LedgerReader.ListPlace;
import dev.manicule.server.ledger.LedgerReader.Placed;
import dev.manicule.server.model.Entity;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityId.Kind;
import dev.manicule.server.model.Metadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The users, or the channels, of a keyset: those that the caller may read.
 *
 * @param caller that of the request
 */
record EntitySource(LedgerReader ledger, Access access, Caller caller, String keyset, Kind kind,
        MetadataFormat format) implements ObjectList.Source<Entity> {
    @Override
    public boolean has(ListOrder.Part order) {
        return true;
    }

    @Override
    public List<Placed<Entity>> rows(ListOrder.Part order, ListPlace from, int most) {
        return ledger.entities(keyset, kind, order.by(), from, most);
    }

    @Override
    public long count() {
        return ledger.countEntities(keyset, kind);
    }

    @Override
    public byte[] key(Entity element, ListOrder.Part order) {
        return order.by().key(element.id().name(), element.metadata());
    }

    @Override
    public int bytes(Entity element) {
        return element.metadata().fields().utf8().length;
    }

    @Override
    public FilterInput input(Entity element) {
        return FilterInput.ofFields(fields(element.id().name(), element.metadata()), bytes(element));
    }

    /** The fields of an entity as filters read them. */
    static Map<String, @Nullable Object> fields(String id, @Nullable Metadata metadata) {
        Map<String, @Nullable Object> fields = new HashMap<>();
        if (metadata != null) {
            fields.putAll(fields(metadata));
        }
        fields.put("id", id);
        return fields;
    }

    /** The fields of metadata as filters read them. */
    static Map<String, @Nullable Object> fields(Metadata metadata) {
        Map<String, @Nullable Object> fields = new HashMap<>();
        for (Map.Entry<String, Json> each : metadata.members().entrySet()) {
            fields.put(each.getKey(), JsonReader.tree(each.getValue().utf8()));
        }
        fields.put("updated", metadata.time());
        fields.put("eTag", metadata.eTag());
        return fields;
    }

    @Override
    public boolean isOpen() {
        return switch (caller) {
            case Caller.Owner _,Caller.Anonymous _ -> true;
            case Caller.TokenBearer _,Caller.KeyBearer _ -> false;
        };
    }

    @Override
    public boolean isOpen(Entity element) {
        return isOpen() || access.authorize(caller,
                List.of(new Demand.On(grantKind(kind), element.id().name(), Permission.GET))).result() == null;
    }

    /** The kind of a resource in tokens. */
    static Grant.Kind grantKind(EntityId.Kind kind) {
        return kind == Kind.USER ? Grant.Kind.UUID : Grant.Kind.CHANNEL;
    }

    @Override
    public void write(Entity element, JsonWriter json) {
        format.entity(kind, element.id().name(), element.metadata(), json);
    }
}
