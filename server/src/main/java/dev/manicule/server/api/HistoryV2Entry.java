package dev.manicule.server.api;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.routing.QueryParameters;

/**
 * The format of a message in a response of history v2: its payload alone, or an object with the optional fields that
 * were requested.
 */
record HistoryV2Entry(boolean timetoken, boolean meta, boolean timetokensAsText) implements HistoryFormat {
    static HistoryV2Entry asked(QueryParameters query) {
        return new HistoryV2Entry(query.flag("include_token"), query.flag("include_meta"),
                query.flag("string_message_token"));
    }

    @Override
    public void begin(JsonWriter json) {
        json.array();
    }

    /** The only channel: its name is not written. */
    @Override
    public void beginChannel(Channel channel, JsonWriter json) {
        json.array();
    }

    @Override
    public void write(Message message, JsonWriter json) {
        if (!timetoken && !meta) {
            json.value(message.payload());
            return;
        }
        json.object().member("message", message.payload());
        if (timetoken) {
            timetoken(message.timetoken(), json.name("timetoken"));
        }
        if (meta) {
            json.member("meta", message.metaOrEmpty());
        }
        json.end();
    }

    /** Ends a page whose first and last message have these timetokens. */
    void end(long lowest, long highest, JsonWriter json) {
        timetoken(lowest, json);
        timetoken(highest, json);
        json.end();
    }

    private void timetoken(long value, JsonWriter json) {
        if (timetokensAsText) {
            json.quoted(value);
        } else {
            json.number(value);
        }
    }
}
