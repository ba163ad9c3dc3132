package dev.manicule.server.ledger;

import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Membership;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.model.Timetoken;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Encodes events as the protocol's envelopes, once. {@code a}, {@code f} and {@code p.r} mean nothing to any client but
 * must be present, with values that the hosted service sends too.
 */
final class Envelopes {
    private static final int SIGNAL = 1;
    private static final int OBJECT = 2;
    private static final int MESSAGE_ACTION = 3;
    private static final int FILE = 4;
    /** Beside the protocol's own: only subscribers that request read marks get it. */
    private static final int READ_MARK = 100;
    private static final byte[] BEGINNING = new JsonWriter().object().member("a", "1").member("f", 514).toOpenBytes();

    /** In place of a count that is not known. */
    static final long UNCOUNTED = -1;

    private Envelopes() {}

    static Event message(Publish publish, long timetoken) {
        Integer kind = switch (publish.delivery()) {
            case SIGNAL -> (Integer) SIGNAL;
            case FILE, TRANSIENT_FILE -> (Integer) FILE;
            case STORED, TRANSIENT, FIRED -> null;
        };
        JsonWriter json = begin(publish.channel(), timetoken, kind, publish.uuid(),
                192 + publish.payload().utf8().length);
        if (publish.sequence() != null) {
            json.member("s", publish.sequence());
        }
        if (publish.origin() != null) {
            json.member("o", publish.origin());
        }
        if (publish.meta() != null) {
            json.member("u", publish.meta());
        }
        if (publish.customType() != null) {
            json.member("cmt", publish.customType());
        }
        json.member("d", publish.payload());
        return new Event(publish.channel(), timetoken, publish.delivery().isStored(), json.toOpenBytes());
    }

    /** The timetoken of the message that an event is about: its own, unless the event is about an action. */
    static long message(Event event) {
        return event.isOfAction()
                ? Timetoken.parse(text(action(event), "messageTimetoken"))
                : event.timetoken();
    }

    /** The removed action of an event; null when the event is not a removal. */
    static @Nullable MessageAction removedAction(Event event) {
        if (!event.isOfAction() || !"removed".equals(object(envelope(event), "d").get("event"))) {
            return null;
        }
        Map<?, ?> action = action(event);
        return new MessageAction(Timetoken.parse(text(action, "messageTimetoken")), text(action, "type"),
                text(action, "value"), text(envelope(event), "i"), Timetoken.parse(text(action, "actionTimetoken")));
    }

    private static Map<?, ?> envelope(Event event) {
        return (Map<?, ?>) Objects.requireNonNull(JsonReader.tree(JsonWriter.closed(event.envelope())), "it is JSON");
    }

    private static Map<?, ?> action(Event event) {
        return object(object(envelope(event), "d"), "data");
    }

    private static Map<?, ?> object(Map<?, ?> in, String name) {
        return (Map<?, ?>) Objects.requireNonNull(in.get(name), name);
    }

    private static String text(Map<?, ?> in, String name) {
        return (String) Objects.requireNonNull(in.get(name), name);
    }

    /** An event of the same form as a message that is not retained and has no publisher. */
    static Event announcement(PresenceChange change, Json told, long timetoken) {
        Channel channel = change.channel().presence();
        JsonWriter json = begin(channel, timetoken, null, null, 192 + told.utf8().length).member("d", told);
        ChannelGroup group = change instanceof PresenceChange.Interval interval ? interval.to() : null;
        return new Event(group == null ? channel : group.presence(), timetoken, false, json.toOpenBytes());
    }

    /**
     * An action was put on a message.
     *
     * @param count the sum of the amounts of its type and value on the message then; {@link #UNCOUNTED}
     */
    static Event added(Channel channel, MessageAction action, long count) {
        return event(channel, action.actionTimetoken(), count(count, action(channel, action, "added",
                action.actionTimetoken())));
    }

    /**
     * An action was taken off a message.
     *
     * @param by the user that has removed it
     * @param count the sum of the amounts of its type and value that is left on the message; {@link #UNCOUNTED}
     */
    static Event removed(Channel channel, MessageAction action, String by, long timetoken, long count) {
        JsonWriter json = action(channel, action, "removed", timetoken);
        if (!by.equals(action.uuid())) {
            json.member("by", by);
        }
        return event(channel, timetoken, count(count, json));
    }

    /**
     * The time of an action has ended.
     *
     * @param count the sum of the amounts of its type and value that is left on the message
     */
    static Event expired(Channel channel, MessageAction action, long timetoken, long count) {
        return event(channel, timetoken, count(count, action(channel, action, "removed", timetoken)
                .member("expired", true)));
    }

    private static JsonWriter count(long count, JsonWriter json) {
        return count == UNCOUNTED ? json : json.member("count", count);
    }

    private static Event event(Channel channel, long timetoken, JsonWriter json) {
        return new Event(channel, timetoken, true, json.end().toOpenBytes());
    }

    /**
     * The owner of the action is not in {@code data} but in {@code i}, where all clients look for it. When another user
     * has removed the action, that user is named beside {@code data}; the count stands there too, and that the time of
     * the action has ended, where old clients don't look.
     */
    private static JsonWriter action(Channel channel, MessageAction action, String event, long timetoken) {
        JsonWriter json = begin(channel, timetoken, MESSAGE_ACTION, action.uuid(), 320)
                .object("d")
                .member("source", "actions")
                .member("version", "1.0")
                .member("event", event)
                .object("data")
                .quoted("messageTimetoken", action.messageTimetoken())
                .member("type", action.type())
                .member("value", action.value())
                .quoted("actionTimetoken", action.actionTimetoken());
        return Actions.end(action, json);
    }

    /** A user has read a channel up to a timetoken. The event is on a channel of its own, and is not retained. */
    static Event markedRead(MarkRead mark, long upTo, long timetoken) {
        JsonWriter json = begin(mark.channel(), timetoken, READ_MARK, mark.uuid(), 256)
                .object("d")
                .member("source", "read-marks")
                .member("version", "1.0")
                .member("event", "marked")
                .object("data")
                .member("uuid", mark.uuid())
                .quoted("timetoken", upTo)
                .end()
                .end();
        return new Event(mark.channel().readMarks(), timetoken, false, json.toOpenBytes());
    }

    /** The metadata of a user or a channel was set: all of it. */
    static Event entitySet(SetEntity set, Metadata metadata) {
        JsonWriter json = object(set.entity().channel(), metadata.updated(), "set", set.entity().kind().wireName())
                .member("id", set.entity().name());
        return objectEvent(set.entity().channel(), metadata.updated(), fields(metadata, json));
    }

    /** The metadata of a user or a channel was removed. */
    static Event entityRemoved(EntityId entity, long timetoken) {
        return objectEvent(entity.channel(), timetoken,
                object(entity.channel(), timetoken, "delete", entity.kind().wireName()).member("id", entity.name()));
    }

    /**
     * A membership was set.
     *
     * @param to the name of the user or the channel whose subscribers get the event
     */
    static Event membershipSet(String keyset, Membership membership, String to, long timetoken) {
        Channel channel = new Channel(keyset, to);
        return objectEvent(channel, timetoken, fields(membership.metadata(),
                ends(membership, object(channel, timetoken, "set", "membership"))));
    }

    /** A membership was removed. */
    static Event membershipRemoved(String keyset, Membership membership, String to, long timetoken) {
        Channel channel = new Channel(keyset, to);
        return objectEvent(channel, timetoken, ends(membership, object(channel, timetoken, "delete", "membership")));
    }

    private static JsonWriter ends(Membership membership, JsonWriter json) {
        return json.object("channel")
                .member("id", membership.channel())
                .end()
                .object("uuid")
                .member("id", membership.user())
                .end();
    }

    /** What is not set is absent: the SDK for Go ends its program at a null. */
    private static JsonWriter fields(Metadata metadata, JsonWriter json) {
        metadata.members().forEach((name, value) -> json.nameOf(name).value(value));
        return json.member("updated", metadata.time()).member("eTag", metadata.eTag());
    }

    private static JsonWriter object(Channel channel, long timetoken, String event, String type) {
        return begin(channel, timetoken, OBJECT, null, 512)
                .object("d")
                .member("source", "objects")
                .member("version", "2.0")
                .member("event", event)
                .member("type", type)
                .object("data");
    }

    private static Event objectEvent(Channel channel, long timetoken, JsonWriter json) {
        return new Event(channel, timetoken, false, json.end().end().toOpenBytes());
    }

    private static JsonWriter begin(Channel channel, long timetoken, @Nullable Integer kind, @Nullable String uuid,
            int size) {
        JsonWriter json = begin(kind, size);
        if (uuid != null) {
            json.member("i", uuid);
        }
        return json.object("p")
                .quoted("t", timetoken)
                .member("r", 1)
                .end()
                .member("k", channel.keyset())
                .member("c", channel.name());
    }

    private static JsonWriter begin(@Nullable Integer kind, int size) {
        JsonWriter json = new JsonWriter(size).openObject(BEGINNING);
        return kind == null ? json : json.member("e", kind);
    }
}
