package dev.manicule.server.hub;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The newest counts of the types and values of actions on a message that have changed in a period. */
final class Summary {
    /** About the most bytes of its counts: a message with more changed ones in a period has them in its summary endpoint. */
    private static final int MOST_BYTES = 16 << 10;
    /** What a count takes besides its texts. */
    private static final int OVERHEAD = 40;

    private final Channel channel;
    private final long message;
    private final Map<String, Map<String, Long>> counts = new TreeMap<>();
    private long asOf;
    private int bytes;
    private boolean hasMore;

    Summary(Channel channel, long message) {
        this.channel = channel;
        this.message = message;
    }

    /**
     * A change of a count by one event.
     *
     * @param count how many there are after it
     */
    record Change(long message, String type, String value, long count) {
        /** The change that an event tells of; null for an event that tells of none. */
        static @Nullable Change of(Event event) {
            Map<String, Json> about = event.isOfAction() ? parts(JsonWriter.closed(event.envelope()), "d") : null;
            Json count = about == null ? null : about.get("count");
            if (about == null || count == null || !(JsonReader.tree(about.getOrDefault("data", count)
                    .utf8()) instanceof Map<?, ?> action)) {
                return null;
            }
            return action.get("messageTimetoken") instanceof String message
                    && action.get("type") instanceof String type && action.get("value") instanceof String value
                            ? new Change(Long.parseLong(message), type, value, Long.parseLong(count.toString()))
                            : null;
        }

        private static @Nullable Map<String, Json> parts(byte[] json, String name) {
            Map<String, Json> members = JsonReader.parts(json);
            Json member = members == null ? null : members.get(name);
            return member == null ? null : JsonReader.parts(member.utf8());
        }
    }

    /** Takes in a change by a later event, which has this timetoken; returns how many bytes of memory that takes. */
    int add(Change change, long timetoken) {
        asOf = timetoken;
        Map<String, Long> byValue = counts.get(change.type());
        if (byValue != null && byValue.containsKey(change.value())) {
            byValue.put(change.value(), change.count());
            return 0;
        }
        int more = JsonReader.utf8Length(change.type()) + JsonReader.utf8Length(change.value()) + OVERHEAD;
        if (bytes > 0 && bytes + more > MOST_BYTES) {
            hasMore = true;
            return 0;
        }
        bytes += more;
        counts.computeIfAbsent(change.type(), absent -> new TreeMap<>()).put(change.value(), change.count());
        return more;
    }

    Channel channel() {
        return channel;
    }

    long message() {
        return message;
    }

    /** Every event of an action on the message up to this timetoken is counted, and none after it. */
    long asOf() {
        return asOf;
    }

    /** About how many bytes its counts take. */
    int bytes() {
        return bytes;
    }

    /** The event for subscribers, at its place. */
    Event event(long place) {
        JsonWriter json = Event.ofAction(256 + bytes)
                .object("p")
                .quoted("t", place)
                .member("r", 1)
                .end()
                .member("k", channel.keyset())
                .member("c", channel.name())
                .object("d")
                .member("source", "actions")
                .member("version", "1.0")
                .member("event", "summary")
                .object("data")
                .quoted("messageTimetoken", message)
                .quoted("asOf", asOf)
                .object("counts");
        counts.forEach((type, byValue) -> {
            json.nameOf(type).object();
            byValue.forEach((value, count) -> json.nameOf(value).number(count));
            json.end();
        });
        json.end();
        if (hasMore) {
            json.member("more", true);
        }
        return new Event(channel, place, true, json.end().end().toOpenBytes());
    }
}
