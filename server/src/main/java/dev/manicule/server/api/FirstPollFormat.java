package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's first form, of embedded clients and JavaScript 3: {@code [[1,2],"17952278541784315"]}. Where several
 * channels are subscribed to, a third member lists the channel of each message; where there are groups or wildcards,
 * the third lists the matching subscription and the fourth the channel: names with commas between them. It has no field
 * for kinds of events: messages, signals and presence are delivered, and other events, which would look like messages,
 * are not.
 */
enum FirstPollFormat implements PollFormat {
    /** Of one channel. */
    PAYLOADS,
    /** Of several channels. */
    CHANNELS,
    /** Of groups or wildcards, perhaps beside channels. */
    SUBSCRIPTIONS;

    /** Kinds of App Context and of message actions. */
    private static final Set<String> UNTOLD = Set.of("2", "3");

    static FirstPollFormat of(ChannelSelection names) {
        if (!names.groups().isEmpty() || !names.wildcards().isEmpty()) {
            return SUBSCRIPTIONS;
        }
        return names.channels().size() > 1 ? CHANNELS : PAYLOADS;
    }

    @Override
    public Response empty(long cursor, boolean complete) {
        return Response.json(200, new JsonWriter().array().array().end().quoted(cursor).end().toBytes());
    }

    @Override
    public Response of(Delivery delivery, boolean complete) {
        Messages messages = delivery.encoded(Messages.class, Messages::of);
        if (messages.subscriptions.isEmpty()) {
            return empty(delivery.cursor(), complete);
        }
        JsonWriter json = new JsonWriter(messages.payloads.length + 64).array()
                .json(messages.payloads)
                .quoted(delivery.cursor());
        if (this == SUBSCRIPTIONS) {
            json.value(String.join(",", messages.subscriptions));
        }
        if (this != PAYLOADS) {
            json.value(String.join(",", messages.channels));
        }
        return Response.delivery(json.end().toBytes());
    }

    /**
     * The content of a delivery.
     *
     * @param payloads an array, as JSON
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Messages(byte[] payloads, List<String> subscriptions, List<String> channels) {
        static Messages of(Delivery delivery) {
            JsonWriter payloads = new JsonWriter().array();
            List<String> subscriptions = new ArrayList<>();
            List<String> channels = new ArrayList<>();
            for (Match match : delivery.matches()) {
                Json payload = payload(match);
                if (payload != null) {
                    payloads.value(payload);
                    subscriptions.add(match.subscription());
                    channels.add(match.event().channel().name());
                }
            }
            return new Messages(payloads.end().toBytes(), Collections.unmodifiableList(subscriptions),
                    Collections.unmodifiableList(channels));
        }

        private static @Nullable Json payload(Match match) {
            Map<String, Json> members = JsonReader.parts(JsonWriter.closed(match.event().envelope()));
            return members == null || UNTOLD.contains(String.valueOf(members.get("e"))) ? null : members.get("d");
        }
    }
}
