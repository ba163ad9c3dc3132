package dev.manicule.server.api;

import dev.manicule.server.http.StreamChunk;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonWriter;
import java.io.ByteArrayOutputStream;
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
     * continues; of events with the same timetoken, the last one has it.
     */
    record Events(StreamChunk piece) {
        private static final byte[] END = ascii("\n\n");

        static Events of(Delivery delivery) {
            return new Events(new StreamChunk(text(delivery.matches(), delivery.cursor())));
        }

        static byte[] text(List<Match> matches, long cursor) {
            ByteArrayOutputStream text = new ByteArrayOutputStream(64 + size(matches));
            long timetoken = 0;
            for (int i = 0; i < matches.size(); i++) {
                Match match = matches.get(i);
                timetoken = match.event().timetoken();
                boolean isLast = i + 1 == matches.size() || matches.get(i + 1).event().timetoken() > timetoken;
                text.writeBytes(ascii(isLast ? "id: " + timetoken + "\ndata: " : "data: "));
                text.writeBytes(line(match));
                text.writeBytes(END);
            }
            if (timetoken != cursor) { // later events were filtered out, or there were none
                text.writeBytes(at(cursor));
            }
            return text.toByteArray();
        }

        /** Where the client begins, and whether it has missed something that can't be read any more. */
        static byte[] begin(long cursor, boolean complete) {
            return complete
                    ? at(cursor)
                    : ascii("id: " + cursor + "\nevent: recovered\ndata: false\n\n");
        }

        /** The reason why the stream ends: an error's JSON, which is one line. */
        static byte[] refused(byte[] error) {
            ByteArrayOutputStream text = new ByteArrayOutputStream(32 + error.length);
            text.writeBytes(ascii("event: refused\ndata: "));
            text.writeBytes(error);
            text.writeBytes(END);
            return text.toByteArray();
        }

        /** Moves the cursor of the client without an event. */
        static byte[] at(long cursor) {
            return ascii("id: " + cursor + "\n\n");
        }

        /** Line breaks are white space in JSON, and would end the event here. */
        private static byte[] line(Match match) {
            JsonWriter json = new JsonWriter(match.event().envelope().length + 120);
            write(match, json);
            byte[] line = json.toBytes();
            for (int i = 0; i < line.length; i++) {
                if (line[i] == '\n' || line[i] == '\r') {
                    line[i] = ' ';
                }
            }
            return line;
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** As the answer to a poll. */
    static Json text(Delivery delivery) {
        return new Json(text(delivery.matches(), delivery.cursor(), true));
    }

    /** {@code t.r}, the region, means nothing here; clients insist on a number. */
    static byte[] text(List<Match> matches, long cursor, boolean complete) {
        JsonWriter json = new JsonWriter(64 + size(matches)).object()
                .object("t")
                .quoted("t", cursor)
                .member("r", 12)
                .end()
                .array("m");
        for (Match match : matches) {
            write(match, json);
        }
        json.end();
        if (!complete) {
            json.member("recovered", false);
        }
        return json.end().toBytes();
    }

    /** An event, and the subscription that it is delivered to. */
    private static void write(Match match, JsonWriter json) {
        json.openObject(match.event().envelope()).member("b", match.subscription()).end();
    }

    private static int size(List<Match> matches) {
        return matches.stream().mapToInt(match -> match.event().envelope().length + 120).sum();
    }
}
