package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import java.util.ArrayList;
import java.util.Arrays;
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
        return Response.json(200, "[[],\"" + cursor + "\"]");
    }

    @Override
    public Response of(Delivery delivery, boolean complete) {
        Messages messages = delivery.encoded(Messages.class, Messages::of);
        if (messages.subscriptions.isEmpty()) {
            return empty(delivery.cursor(), complete);
        }
        JsonText json = new JsonText(messages.payloads.length + 64).raw(messages.payloads)
                .raw(",")
                .quoted(delivery.cursor());
        if (this == SUBSCRIPTIONS) {
            json.raw(",").quoted(String.join(",", messages.subscriptions));
        }
        if (this != PAYLOADS) {
            json.raw(",").quoted(String.join(",", messages.channels));
        }
        return Response.delivery(json.raw("]").toBytes());
    }

    /**
     * The content of a delivery.
     *
     * @param payloads an array of JSON, after the bracket that opens the answer
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Messages(byte[] payloads, List<String> subscriptions, List<String> channels) {
        static Messages of(Delivery delivery) {
            JsonText payloads = new JsonText().raw("[[");
            List<String> subscriptions = new ArrayList<>();
            List<String> channels = new ArrayList<>();
            for (Match match : delivery.matches()) {
                Json payload = payload(match);
                if (payload != null) {
                    payloads.raw(subscriptions.isEmpty() ? "" : ",").raw(payload);
                    subscriptions.add(match.subscription());
                    channels.add(match.event().channel().name());
                }
            }
            return new Messages(payloads.raw("]").toBytes(), Collections.unmodifiableList(subscriptions),
                    Collections.unmodifiableList(channels));
        }

        private static @Nullable Json payload(Match match) {
            byte[] open = match.event().envelope();
            byte[] whole = Arrays.copyOf(open, open.length + 1);
            whole[open.length] = '}';
            Map<String, Json> members = JsonReader.parts(whole);
            return members == null || UNTOLD.contains(String.valueOf(members.get("e"))) ? null : members.get("d");
        }
    }
}
