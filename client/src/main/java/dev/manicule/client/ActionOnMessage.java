package dev.manicule.client;

import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The channel and the action of a call that puts an action on a message: the part that {@link AddMessageAction} and
 * {@link ToggleMessageAction} share.
 */
record ActionOnMessage(@Nullable String channel, @Nullable MessageAction action) {
    /** The path of the actions on a message. */
    static Path path(String subscribeKey, String channel, @Nullable Long messageTimetoken) {
        return Path.of("v1", "message-actions", subscribeKey, "channel", channel, "message",
                Call.required(messageTimetoken, "messageTimetoken"));
    }

    String name() {
        return Call.required(channel, "channel");
    }

    Path path(String subscribeKey) {
        return path(subscribeKey, name(), present().messageTimetoken());
    }

    String body() {
        String type = Call.required(present().type(), "type");
        String value = Call.required(present().value(), "value");
        return Json.write(Map.of("type", type, "value", value), "messageAction");
    }

    private MessageAction present() {
        return present(action);
    }

    /** An action that must be there. */
    static MessageAction present(@Nullable MessageAction action) {
        if (action == null) {
            throw new IllegalArgumentException("messageAction is missing");
        }
        return action;
    }
}
