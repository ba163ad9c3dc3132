package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the parts that responses have in common. Throws when a part is missing or of another type. */
final class Answers {
    private Answers() {}

    static JsonNode member(JsonNode json, String name) {
        return json.required(name);
    }

    static String text(JsonNode json, String name) {
        JsonNode member = member(json, name);
        if (!member.isTextual()) {
            throw new IllegalArgumentException(name + " is no string");
        }
        return member.asText();
    }

    static @Nullable String textOrNull(JsonNode json, String name) {
        JsonNode member = json.get(name);
        return member == null || member.isNull() ? null : member.asText();
    }

    /** A timetoken, as a string or as a number, whichever is there. */
    static long timetoken(JsonNode json) {
        if (json.isTextual()) {
            return Long.parseLong(json.asText());
        }
        if (!json.isIntegralNumber()) {
            throw new IllegalArgumentException("not a timetoken: " + json);
        }
        return json.asLong();
    }

    /** The metadata of a message: the protocol has {@code ""} for none. */
    static @Nullable JsonNode meta(JsonNode json, String name) {
        JsonNode member = json.get(name);
        return member == null || member.isNull() || (member.isTextual() && member.asText().isEmpty()) ? null : member;
    }

    static MessageAction action(JsonNode json) {
        return new MessageAction(text(json, "type"), text(json, "value"), timetoken(member(json, "messageTimetoken")),
                textOrNull(json, "uuid"), timetoken(member(json, "actionTimetoken")));
    }

    static List<MessageAction> actions(JsonNode array) {
        List<MessageAction> actions = new ArrayList<>(array.size());
        array.forEach(element -> actions.add(action(element)));
        return actions;
    }

    /** The page of older entries, null when there are none. */
    static @Nullable Page more(JsonNode json) {
        JsonNode more = json.get("more");
        if (more == null || !more.hasNonNull("start")) {
            return null;
        }
        JsonNode end = more.get("end");
        JsonNode limit = more.has("limit") ? more.get("limit") : more.path("max");
        return new Page(timetoken(more.get("start")), end == null || end.isNull() ? null : (Long) timetoken(end),
                limit.asInt());
    }
}
