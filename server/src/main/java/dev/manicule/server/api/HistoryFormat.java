package dev.manicule.server.api;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;

/** How a page of history is written. */
sealed interface HistoryFormat permits HistoryV2Entry, HistoryV3Entry {
    /** Begins a page: the channels follow. */
    void begin(JsonWriter json);

    /** Begins the array of a channel's messages. */
    void beginChannel(Channel channel, JsonWriter json);

    /** Writes a message. */
    void write(Message message, JsonWriter json);
}
