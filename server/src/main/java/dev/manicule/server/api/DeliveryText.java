package dev.manicule.server.api;

import dev.manicule.server.http.StreamChunk;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The format of deliveries: for polls, for WebSockets, as server-sent events. */
final class DeliveryText {
    private DeliveryText() {}

    /** A delivery as a message of a WebSocket. */
    record Message(StreamChunk piece) {
        static Message of(Delivery delivery) {
            return new Message(new StreamChunk(delivery.encoded(Json.class, DeliveryText::text).utf8()));
        }
    }

    /**
     * A delivery as server-sent events. The id of each event is the cursor from which a client that has received it
     * continues.
     */
    record Events(StreamChunk piece) {
        static Events of(Delivery delivery) {
            return new Events(new StreamChunk(text(delivery.matches(), delivery.cursor())));
        }

        static byte[] text(List<Match> matches, long cursor) {
            JsonText text = new JsonText(64 + size(matches));
            long told = 0;
            for (Match match : matches) {
                told = match.event().timetoken();
                text.raw("id: ").number(told).raw("\ndata: ");
                envelope(match, text).raw("\n\n");
            }
            return told == cursor // else later events were filtered out, or there were none
                    ? text.toBytes()
                    : text.raw(at(cursor)).toBytes();
        }

        /** Where the client begins, and whether it has missed something that can't be read any more. */
        static byte[] begin(long cursor, boolean complete) {
            return complete
                    ? at(cursor)
                    : ("id: " + cursor + "\nevent: recovered\ndata: false\n\n").getBytes(StandardCharsets.US_ASCII);
        }

        /** The reason why the stream ends: an error's JSON, which is one line. */
        static byte[] refused(byte[] error) {
            return new JsonText().raw("event: refused\ndata: ").raw(error).raw("\n\n").toBytes();
        }

        /** Moves the cursor of the client without an event. */
        static byte[] at(long cursor) {
            return ("id: " + cursor + "\n\n").getBytes(StandardCharsets.US_ASCII);
        }

        /** Line breaks are white space in JSON, and would end the event here. */
        private static JsonText envelope(Match match, JsonText text) {
            byte[] envelope = match.event().envelope().clone();
            for (int i = 0; i < envelope.length; i++) {
                if (envelope[i] == '\n' || envelope[i] == '\r') {
                    envelope[i] = ' ';
                }
            }
            return text.raw(envelope).raw(",\"b\":").quoted(match.subscription()).raw("}");
        }
    }

    /** As the answer to a poll. */
    static Json text(Delivery delivery) {
        return new Json(text(delivery.matches(), delivery.cursor(), true));
    }

    /** {@code t.r}, the region, means nothing here; clients insist on a number. */
    static byte[] text(List<Match> matches, long cursor, boolean complete) {
        JsonText json = new JsonText(64 + size(matches)).raw("{\"t\":{\"t\":").quoted(cursor).raw(",\"r\":12},\"m\":[");
        String comma = "";
        for (Match match : matches) {
            json.raw(comma).raw(match.event().envelope()).raw(",\"b\":").quoted(match.subscription()).raw("}");
            comma = ",";
        }
        return json.raw(complete ? "]}" : "],\"recovered\":false}").toBytes();
    }

    private static int size(List<Match> matches) {
        return matches.stream().mapToInt(match -> match.event().envelope().length + 120).sum();
    }
}
