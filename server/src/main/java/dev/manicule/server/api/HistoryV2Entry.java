package dev.manicule.server.api;

import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Message;
import dev.manicule.server.routing.QueryParameters;

/**
 * The format of a message in a response of history v2: its payload alone, or an object with the optional fields that
 * were requested.
 */
record HistoryV2Entry(boolean timetoken, boolean meta, boolean timetokensAsText) {
    static HistoryV2Entry asked(QueryParameters query) {
        return new HistoryV2Entry(query.flag("include_token"), query.flag("include_meta"),
                query.flag("string_message_token"));
    }

    void write(Message message, JsonText json) {
        if (!timetoken && !meta) {
            json.raw(message.payload());
            return;
        }
        json.raw("{\"message\":").raw(message.payload());
        if (timetoken) {
            timetoken(message.timetoken(), json.raw(",\"timetoken\":"));
        }
        if (meta) {
            json.raw(",\"meta\":").raw(message.metaOrEmpty());
        }
        json.raw("}");
    }

    void timetoken(long value, JsonText json) {
        if (timetokensAsText) {
            json.quoted(value);
        } else {
            json.number(value);
        }
    }
}
