package dev.manicule.client.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.ActionSummaryEvent;
import dev.manicule.client.Event;
import dev.manicule.client.FileEvent;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.client.MessageEvent;
import dev.manicule.client.Metadata;
import dev.manicule.client.MetadataEvent;
import dev.manicule.client.PresenceEvent;
import dev.manicule.client.ReadMarkEvent;
import dev.manicule.client.SignalEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The response to a poll.
 *
 * @param cursor where the next poll continues
 * @param region goes with the cursor
 * @param envelopes the events
 */
record SubscribeResponse(long cursor, int region, JsonNode envelopes) {
    private static final int MESSAGE = 0;
    private static final int SIGNAL = 1;
    private static final int METADATA = 2;
    private static final int MESSAGE_ACTION = 3;
    private static final int FILE = 4;
    private static final int READ_MARK = 100;

    static SubscribeResponse of(JsonNode json) {
        JsonNode cursor = Fields.member(json, "t");
        return new SubscribeResponse(Fields.timetoken(Fields.member(cursor, "t")), cursor.path("r").asInt(),
                Fields.member(json, "m"));
    }

    /**
     * The events of kinds that this client knows.
     *
     * @param marked the channels whose read marks are among them
     */
    List<Event> events(Set<String> marked) {
        List<Event> events = new ArrayList<>();
        for (JsonNode envelope : envelopes) {
            try {
                Event event = event(envelope, marked);
                if (event != null) {
                    events.add(event);
                }
            } catch (RuntimeException e) { // one bad envelope must not block those behind it for ever
                ErrorLog.report("Skipped an event: " + envelope, e);
            }
        }
        return events;
    }

    /** Null for kinds of events that this client does not know, and for read marks of other channels. */
    private static @Nullable Event event(JsonNode envelope, Set<String> marked) {
        String channel = Fields.text(envelope, "c");
        if (channel.endsWith(Subscription.PRESENCE)) {
            return presence(envelope);
        }
        return switch (envelope.path("e").asInt(MESSAGE)) {
            case MESSAGE -> message(envelope);
            case SIGNAL -> new SignalEvent(channel, subscription(envelope), timetoken(envelope),
                    Fields.textOrNull(envelope, "i"), Fields.member(envelope, "d"), Fields.textOrNull(envelope, "cmt"));
            case METADATA -> metadata(envelope);
            case FILE -> file(envelope);
            case MESSAGE_ACTION -> "summary".equals(envelope.path("d").path("event").asText())
                    ? actionSummary(envelope)
                    : messageAction(envelope);
            case READ_MARK -> marked.contains(channel) ? readMark(envelope) : null;
            default -> null;
        };
    }

    private static MessageEvent message(JsonNode envelope) {
        return new MessageEvent(Fields.text(envelope, "c"), subscription(envelope), timetoken(envelope),
                Fields.textOrNull(envelope, "i"), Fields.member(envelope, "d"), Fields.meta(envelope, "u"),
                Fields.textOrNull(envelope, "cmt"));
    }

    private static FileEvent file(JsonNode envelope) {
        MessageEvent published = message(envelope);
        JsonNode file = Fields.member(published.message(), "file");
        return new FileEvent(published, Fields.text(file, "id"), Fields.text(file, "name"));
    }

    private static PresenceEvent presence(JsonNode envelope) {
        JsonNode data = Fields.member(envelope, "d");
        String channel = withoutPresence(Fields.text(envelope, "c"));
        String subscription = subscription(envelope);
        String uuid = Fields.textOrNull(data, "uuid");
        return new PresenceEvent(channel, subscription == null ? null : withoutPresence(subscription),
                timetoken(envelope), Fields.text(data, "action"), Fields.member(data, "occupancy").asInt(),
                uuid == null ? null : new PresenceEvent.User(uuid, data.get("data")),
                new PresenceEvent.Interval(Fields.texts(data, "join"), Fields.texts(data, "leave"),
                        Fields.texts(data, "timeout"),
                        data.path("here_now_refresh").asBoolean()));
    }

    private static String withoutPresence(String name) {
        return name.endsWith(Subscription.PRESENCE)
                ? name.substring(0, name.length() - Subscription.PRESENCE.length())
                : name;
    }

    private static MessageActionEvent messageAction(JsonNode envelope) {
        JsonNode content = Fields.member(envelope, "d");
        JsonNode data = Fields.member(content, "data");
        MessageAction action = Fields.action(data);
        if (action.uuid() == null) { // its owner stands outside, as the one that did it
            action = new MessageAction(action.type(), action.value(), action.messageTimetoken(),
                    Fields.textOrNull(envelope, "i"), action.actionTimetoken(), action.expires(),
                    action.amount());
        }
        return new MessageActionEvent(Fields.text(envelope, "c"), subscription(envelope), timetoken(envelope),
                Fields.text(content, "event"), action, Fields.numberOrEmpty(content, "count"),
                content.path("expired").asBoolean());
    }

    private static ActionSummaryEvent actionSummary(JsonNode envelope) {
        JsonNode data = Fields.member(Fields.member(envelope, "d"), "data");
        Map<String, Map<String, Long>> counts = new HashMap<>();
        Fields.member(data, "counts").properties().forEach(type -> {
            Map<String, Long> byValue = new HashMap<>();
            type.getValue().properties().forEach(value -> byValue.put(value.getKey(), value.getValue().asLong()));
            counts.put(type.getKey(), byValue);
        });
        return new ActionSummaryEvent(Fields.text(envelope, "c"), subscription(envelope), timetoken(envelope),
                Fields.timetoken(Fields.member(data, "messageTimetoken")),
                Fields.timetoken(Fields.member(data, "asOf")), counts, data.path("more").asBoolean());
    }

    private static @Nullable MetadataEvent metadata(JsonNode envelope) {
        JsonNode content = Fields.member(envelope, "d");
        JsonNode data = Fields.member(content, "data");
        Metadata metadata = MetadataFields.ofEvent(Fields.text(content, "type"), data);
        return metadata == null
                ? null
                : new MetadataEvent(Fields.text(envelope, "c"), subscription(envelope), timetoken(envelope),
                        Fields.text(content, "event"), metadata, data);
    }

    private static ReadMarkEvent readMark(JsonNode envelope) {
        JsonNode data = Fields.member(Fields.member(envelope, "d"), "data");
        return new ReadMarkEvent(Fields.text(envelope, "c"), subscription(envelope), timetoken(envelope),
                Fields.text(data, "uuid"), Fields.timetoken(Fields.member(data, "timetoken")));
    }

    private static long timetoken(JsonNode envelope) {
        return Fields.timetoken(Fields.member(Fields.member(envelope, "p"), "t"));
    }

    private static @Nullable String subscription(JsonNode envelope) {
        String subscription = Fields.textOrNull(envelope, "b");
        return subscription == null || subscription.equals(Fields.text(envelope, "c")) ? null : subscription;
    }
}
