package dev.manicule.server.api;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.EntityId.Kind;
import dev.manicule.server.model.Membership;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.QueryParameters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of metadata in responses: fields that a client did not request are left out,
 * and those that it requested and that are not there are null.
 *
 * @param requested the fields that the client requests besides those that are always there
 */
record MetadataFormat(Set<String> requested) {
    /** Fields that are only there when they are requested. */
    private static final Set<String> ON_REQUEST = Set.of("status", "type");

    /** That of a request. */
    static MetadataFormat of(QueryParameters query) {
        return new MetadataFormat(Set.copyOf(ApiRequest.list(query.text("include"))));
    }

    /** Whether the metadata of the other ones of memberships is requested. */
    boolean hasOther(Kind other) {
        return requested.stream()
                .anyMatch(name -> name.equals(other.wireName()) || name.startsWith(other.wireName() + "."));
    }

    /** Writes a user or a channel. */
    void entity(Kind kind, String id, Metadata metadata, JsonWriter json) {
        entity(kind, id, metadata, "", json);
    }

    private void entity(Kind kind, String id, @Nullable Metadata metadata, String prefix, JsonWriter json) {
        Map<String, Json> members = metadata == null ? Map.of() : metadata.members();
        json.object().member("id", id);
        fields(members, kind == Kind.USER ? Metadata.USER_TEXTS : Metadata.CHANNEL_TEXTS, prefix, json);
        end(metadata, json);
    }

    /**
     * Writes a membership in the list of its user, or of its channel.
     *
     * @param others the kind of the other ones
     * @param other the metadata of the other one; null when there is none, or it is not requested
     */
    void membership(Kind others, Membership membership, @Nullable Metadata other, JsonWriter json) {
        String name = membership.nameOf(others);
        json.object().name(others.wireName());
        if (hasOther(others)) {
            entity(others, name, other, others.wireName() + ".", json);
        } else {
            json.object().member("id", name).end();
        }
        fields(membership.metadata().members(), Metadata.MEMBERSHIP_TEXTS, "", json);
        end(membership.metadata(), json);
    }

    private void fields(Map<String, Json> members, List<String> texts, String prefix, JsonWriter json) {
        for (String name : texts) {
            if (!ON_REQUEST.contains(name) || requested.contains(prefix + name)) {
                field(members, name, json);
            }
        }
        if (requested.contains(prefix + Metadata.CUSTOM)) {
            field(members, Metadata.CUSTOM, json);
        }
    }

    private static void field(Map<String, Json> members, String name, JsonWriter json) {
        Json value = members.get(name);
        if (value == null) {
            json.name(name).nul();
        } else {
            json.member(name, value);
        }
    }

    private static void end(@Nullable Metadata metadata, JsonWriter json) {
        if (metadata != null) {
            json.member("updated", metadata.time()).member("eTag", metadata.eTag());
        }
        json.end();
    }
}
