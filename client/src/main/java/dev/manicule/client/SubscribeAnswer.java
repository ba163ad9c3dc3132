package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.Listener.Message;
import dev.manicule.client.Listener.MessageActionEvent;
import dev.manicule.client.Listener.Interval;
import dev.manicule.client.Listener.PresenceEvent;
import dev.manicule.client.Listener.User;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The response to a poll.
 *
 * @param cursor where the next poll continues
 * @param region goes with the cursor
 * @param envelopes the events
 */
record SubscribeAnswer(long cursor, int region, JsonNode envelopes) {
    private static final int MESSAGE = 0;
    private static final int SIGNAL = 1;
    private static final int MESSAGE_ACTION = 3;

    static SubscribeAnswer of(JsonNode json) {
        JsonNode cursor = Answers.member(json, "t");
        return new SubscribeAnswer(Answers.timetoken(Answers.member(cursor, "t")), cursor.path("r").asInt(),
                Answers.member(json, "m"));
    }

    /** The events: each calls a listener. */
    List<Consumer<Listener>> events() {
        List<Consumer<Listener>> events = new ArrayList<>();
        for (JsonNode envelope : envelopes) {
            try {
                Consumer<Listener> event = event(envelope);
                if (event != null) {
                    events.add(event);
                }
            } catch (RuntimeException e) { // one bad envelope must not block those behind it for ever
                System.getLogger(ManiculeClient.class.getName()).log(Level.ERROR, "Skipped an event: " + envelope, e);
            }
        }
        return events;
    }

    /** Null for kinds of events that this client does not know. */
    private static @Nullable Consumer<Listener> event(JsonNode envelope) {
        if (Answers.text(envelope, "c").endsWith(Subscription.PRESENCE)) {
            PresenceEvent event = presence(envelope);
            return listener -> listener.presence(event);
        }
        return switch (envelope.path("e").asInt(MESSAGE)) {
            case MESSAGE -> {
                Message message = message(envelope);
                yield listener -> listener.message(message);
            }
            case SIGNAL -> {
                Message signal = message(envelope);
                yield listener -> listener.signal(signal);
            }
            case MESSAGE_ACTION -> {
                MessageActionEvent event = messageAction(envelope);
                yield listener -> listener.messageAction(event);
            }
            default -> null;
        };
    }

    private static Message message(JsonNode envelope) {
        return new Message(Answers.text(envelope, "c"), subscription(envelope), timetoken(envelope),
                Answers.textOrNull(envelope, "i"), Answers.member(envelope, "d"), Answers.meta(envelope, "u"),
                Answers.textOrNull(envelope, "cmt"));
    }

    private static PresenceEvent presence(JsonNode envelope) {
        JsonNode data = Answers.member(envelope, "d");
        String channel = withoutPresence(Answers.text(envelope, "c"));
        String subscription = subscription(envelope);
        String uuid = Answers.textOrNull(data, "uuid");
        return new PresenceEvent(channel, subscription == null ? null : withoutPresence(subscription),
                timetoken(envelope), Answers.text(data, "action"), Answers.member(data, "occupancy").asInt(),
                uuid == null ? null : new User(uuid, data.get("data")),
                new Interval(names(data, "join"), names(data, "leave"), names(data, "timeout"),
                        data.path("here_now_refresh").asBoolean()));
    }

    private static String withoutPresence(String name) {
        return name.endsWith(Subscription.PRESENCE)
                ? name.substring(0, name.length() - Subscription.PRESENCE.length())
                : name;
    }

    private static List<String> names(JsonNode data, String member) {
        List<String> names = new ArrayList<>();
        data.path(member).forEach(name -> names.add(name.asText()));
        return names;
    }

    private static MessageActionEvent messageAction(JsonNode envelope) {
        JsonNode content = Answers.member(envelope, "d");
        JsonNode data = Answers.member(content, "data");
        MessageAction action = Answers.action(data);
        if (action.uuid() == null) { // its owner stands outside, as the one that did it
            action = new MessageAction(action.type(), action.value(), action.messageTimetoken(),
                    Answers.textOrNull(envelope, "i"), action.actionTimetoken());
        }
        return new MessageActionEvent(Answers.text(envelope, "c"), subscription(envelope), timetoken(envelope),
                Answers.text(content, "event"), action);
    }

    private static long timetoken(JsonNode envelope) {
        return Answers.timetoken(Answers.member(Answers.member(envelope, "p"), "t"));
    }

    private static @Nullable String subscription(JsonNode envelope) {
        String subscription = Answers.textOrNull(envelope, "b");
        return subscription == null || subscription.equals(Answers.text(envelope, "c")) ? null : subscription;
    }
}
