package dev.manicule.server.ledger;

import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Timetoken;
import java.util.Map;
import java.util.Objects;

/** How an action stands in its table: the JSON object that get-actions answers, ready to be sent. */
public final class ActionRow {
    private ActionRow() {}

    /** The action as JSON, all members strings. */
    public static byte[] of(MessageAction action) {
        return new JsonText(160).raw("{\"messageTimetoken\":")
                .quoted(action.messageTimetoken())
                .raw(",\"type\":")
                .quoted(action.type())
                .raw(",\"uuid\":")
                .quoted(action.uuid())
                .raw(",\"value\":")
                .quoted(action.value())
                .raw(",\"actionTimetoken\":")
                .quoted(action.actionTimetoken())
                .raw("}")
                .toBytes();
    }

    static MessageAction read(byte[] row) {
        Map<String, Object> members = Objects.requireNonNull(JsonReader.members(row), "an action's row is JSON");
        return new MessageAction(timetoken(members, "messageTimetoken"), text(members, "type"), text(members, "value"),
                text(members, "uuid"), timetoken(members, "actionTimetoken"));
    }

    private static String text(Map<String, Object> members, String name) {
        return (String) Objects.requireNonNull(members.get(name), name);
    }

    private static long timetoken(Map<String, Object> members, String name) {
        return Timetoken.parse(text(members, name));
    }
}
