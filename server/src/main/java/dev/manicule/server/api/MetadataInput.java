package dev.manicule.server.api;

import dev.manicule.server.command.ChangeMemberships.Member;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityId.Kind;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.routing.ApiRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request of App Context, with all that is wrong with it. Equal content becomes equal bytes: members in the
 * order of their names, texts escaped in one way.
 */
final class MetadataInput {
    /** Bytes of UTF-8 of a field that is a text. */
    private static final int MOST_TEXT_BYTES = 2_048;
    /** Bytes of the custom fields as JSON. */
    private static final int MOST_CUSTOM_BYTES = 10_240;
    /** Memberships that a request names. */
    private static final int MOST_MEMBERS = 100;
    private static final Json NULL = new Json("null".getBytes(StandardCharsets.US_ASCII));
    private static final String BODY = "body";

    private final ActionInput input;
    private final @Nullable Map<String, Json> body;

    /** That of a request. */
    MetadataInput(ApiRequest request, ActionInput input) {
        this.input = input;
        body = JsonReader.parts(request.body());
        if (body == null) {
            input.fault("Request payload must be a JSON object", BODY, BODY);
        }
    }

    /** The change of the metadata of a user or a channel. */
    Json entity(Kind kind) {
        return fields(body == null ? Map.of() : body, kind == Kind.USER ? Metadata.USER_TEXTS : Metadata.CHANNEL_TEXTS,
                "");
    }

    /**
     * A change of fields.
     *
     * @param place of the members in the body
     */
    private Json fields(Map<String, Json> members, List<String> texts, String place) {
        TreeMap<String, Json> patch = new TreeMap<>();
        for (String name : texts) {
            Json value = members.get(name);
            if (value != null) {
                patch.put(name, text(value, place + name));
            }
        }
        Json custom = members.get(Metadata.CUSTOM);
        if (custom != null) {
            patch.put(Metadata.CUSTOM, custom(custom, place + Metadata.CUSTOM));
        }
        return Metadata.object(patch);
    }

    private Json text(Json value, String place) {
        if (value.equals(NULL)) {
            return value;
        }
        if (!(JsonReader.tree(value.utf8()) instanceof String text)) {
            input.fault("Invalid type: it is a string or null", place, BODY);
        } else if (!JsonReader.isUnicode(text)) {
            input.fault("Invalid Unicode", place, BODY);
        } else if (JsonReader.utf8Length(text) > MOST_TEXT_BYTES) {
            input.fault("Longer than " + MOST_TEXT_BYTES + " bytes", place, BODY);
        } else {
            return Json.ofText(text);
        }
        return NULL;
    }

    private Json custom(Json value, String place) {
        Map<String, Json> members = JsonReader.parts(value.utf8());
        if (value.equals(NULL)) {
            return value;
        }
        if (members == null) {
            input.fault("Invalid type: it is an object or null", place, BODY);
            return NULL;
        }
        TreeMap<String, Json> fields = new TreeMap<>();
        members.forEach((name, member) -> fields.put(name, scalar(member, place + "." + name)));
        if (!members.keySet().stream().allMatch(JsonReader::isUnicode)) {
            input.fault("Invalid Unicode", place, BODY);
            return NULL;
        }
        Json custom = Metadata.object(fields);
        if (custom.utf8().length > MOST_CUSTOM_BYTES) {
            input.fault("Larger than " + MOST_CUSTOM_BYTES + " bytes", place, BODY);
        }
        return custom;
    }

    private Json scalar(Json value, String place) {
        return switch (value.utf8()[0]) {
            case '"' -> text(value, place);
            case '{', '[' -> {
                input.fault("Invalid type: it is a string, a number, a boolean or null", place, BODY);
                yield NULL;
            }
            case 't', 'f', 'n' -> value;
            default -> number(value, place);
        };
    }

    /** A number that clients can hold: parsers of some reject a whole page for one that is too large. */
    private Json number(Json value, String place) {
        if (!Double.isFinite(Double.parseDouble(new String(value.utf8(), StandardCharsets.US_ASCII)))) {
            input.fault("Invalid number: it is too large", place, BODY);
        }
        return value;
    }

    /**
     * A change of memberships.
     *
     * @param sets those that are set
     * @param removals the names of the others of those that are removed
     */
    record Members(List<Member> sets, List<String> removals) {}

    /** The change of memberships with entities of a kind. */
    Members members(Kind others) {
        List<Member> sets = new ArrayList<>();
        List<String> removals = new ArrayList<>();
        int place = 0;
        for (Json each : list("set")) {
            String where = "set[" + place++ + "].";
            Map<String, Json> members = JsonReader.parts(each.utf8());
            String name = name(members, others, where);
            if (members != null && name != null) {
                sets.add(new Member(name, fields(members, Metadata.MEMBERSHIP_TEXTS, where)));
            }
        }
        place = 0;
        for (Json each : list("delete")) {
            String name = name(JsonReader.parts(each.utf8()), others, "delete[" + place++ + "].");
            if (name != null) {
                removals.add(name);
            }
        }
        return new Members(sets, removals);
    }

    private List<Json> list(String name) {
        Json value = body == null ? null : body.get(name);
        if (value == null || value.equals(NULL)) {
            return List.of();
        }
        List<Json> elements = JsonReader.elements(value.utf8());
        if (elements == null) {
            input.fault("Invalid type: it is a list", name, BODY);
            return List.of();
        }
        if (elements.size() > MOST_MEMBERS) {
            input.fault("More than " + MOST_MEMBERS + " memberships", name, BODY);
            return List.of();
        }
        return elements;
    }

    private @Nullable String name(@Nullable Map<String, Json> members, Kind others, String where) {
        Json other = members == null ? null : members.get(others.wireName());
        Object id = null;
        if (other != null) {
            Map<String, Json> parts = JsonReader.parts(other.utf8());
            Json value = parts == null ? null : parts.get("id");
            id = value == null ? null : JsonReader.tree(value.utf8());
        }
        String place = where + others.wireName() + ".id";
        if (id == null) {
            input.fault("Missing field", place, BODY);
        } else if (!(id instanceof String name) || !JsonReader.isUnicode(name) || !EntityId.isName(name)) {
            input.fault("Invalid id", place, BODY);
        } else {
            return name;
        }
        return null;
    }
}
