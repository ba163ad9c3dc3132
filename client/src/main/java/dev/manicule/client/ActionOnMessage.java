package dev.manicule.client;

import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The channel and the action of a call that puts an action on a message: the part that {@link AddMessageAction} and
 * {@link ToggleMessageAction} share.
 */
record ActionOnMessage(@Nullable String channel, @Nullable MessageAction action, @Nullable Duration ttl) {
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Returns a time to live that servers take; otherwise throws, with the reason. */
    static Duration checked(Duration ttl) {
        if (!ttl.equals(Duration.ofSeconds(ttl.toSeconds())) || ttl.toSeconds() < 1 || ttl.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("ttl is " + ttl + ": whole seconds, from 1 second to 365 days");
        }
        return ttl;
    }

    /** Puts the amount of an action into a body, unless it is one. */
    static void putAmount(MessageAction action, Map<String, Object> body) {
        if (action.amount() != 1) {
            body.put("amount", action.amount());
        }
    }

    /** Puts a time to live into a body, null for none. */
    static void put(@Nullable Duration ttl, Map<String, Object> body) {
        if (ttl != null) {
            body.put("ttlSeconds", ttl.toSeconds());
        }
    }

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
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", type);
        body.put("value", value);
        putAmount(present(), body);
        put(ttl, body);
        return Json.write(body, "messageAction");
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
