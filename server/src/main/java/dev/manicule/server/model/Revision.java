package dev.manicule.server.model;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Message.Actor;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the actions on a message make of it: an edit or a deletion. A message that is deleted has no text, however often
 * it is edited; of several edits, and of several deletions, the one with the highest action timetoken counts.
 *
 * @param payload the message as it is now; null when it is deleted
 * @param by the user of the action that counts, and its timetoken
 */
public record Revision(@Nullable Json payload, Actor by) {
    /** The type of an action whose value is the new text of the message. */
    public static final String EDIT = "edit";
    /** The type of an action by which a message is deleted, whatever its value. */
    public static final String DELETED = "deleted";
    /** The member of a message that is an object which an edit replaces. */
    private static final String TEXT = "text";

    /**
     * A message with a new text. Where it is a string, the text takes its place; where it is an object whose member
     * {@code text} is a string, the text takes the place of that. In the place of any other message stands the value that
     * the text is as JSON; where it is no JSON, the text as a string.
     */
    public static Json edited(Json payload, String text) {
        byte first = payload.utf8()[0];
        if (first == '"') {
            return Json.ofText(text);
        }
        Json withText = first == '{' ? JsonReader.withString(payload.utf8(), TEXT, text) : null;
        if (withText != null) {
            return withText;
        }
        Json whole = JsonReader.value(text.getBytes(StandardCharsets.UTF_8));
        return whole == null ? Json.ofText(text) : whole;
    }

    /**
     * Whose edits and deletions count: those of the user that published the message; or those of any user, where only
     * the owner of the keyset adds actions of the type.
     *
     * @param areEditsOfOwner whether any user's edits count
     * @param areDeletionsOfOwner whether any user's deletions count
     */
    public record Authority(boolean areEditsOfOwner, boolean areDeletionsOfOwner) {
        /** What the rules of a keyset say. */
        public static Authority of(ActionRules rules) {
            return new Authority(rules.of(EDIT).isAddedByOwner(), rules.of(DELETED).isAddedByOwner());
        }
    }
}
