package dev.manicule.server.api;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message.ActionGroup;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Revision;
import dev.manicule.server.routing.PercentEncoding;
import dev.manicule.server.routing.QueryParameters;
import java.util.List;

/** The format of channels and messages in a response of history v3, with the optional fields that were requested. */
record HistoryV3Entry(boolean meta, boolean uuid, boolean messageType, boolean customType,
        boolean encodedNames) implements HistoryFormat {
    /** The protocol's number for messages that present files. */
    private static final int FILE = 4;

    static HistoryV3Entry asked(QueryParameters query) {
        return new HistoryV3Entry(query.flag("include_meta"), query.flag("include_uuid"),
                query.flag("include_message_type"), query.flag("include_custom_message_type"),
                query.flag("encode_channels"));
    }

    @Override
    public void begin(JsonWriter json) {
        HistoryApi.ok(json).object("channels");
    }

    @Override
    public void beginChannel(Channel channel, JsonWriter json) {
        json.nameOf(encodedNames ? PercentEncoding.encode(channel.name()) : channel.name()).array();
    }

    void writeChannel(Channel channel, List<Message> messages, JsonWriter json) {
        beginChannel(channel, json);
        messages.forEach(message -> write(message, json));
        json.end();
    }

    @Override
    public void write(Message message, JsonWriter json) {
        json.object().member("message", message.payload()).quoted("timetoken", message.timetoken());
        if (meta) {
            json.member("meta", message.metaOrEmpty());
        }
        if (messageType) {
            if (message.kind() == Message.Kind.FILE) {
                json.member("message_type", FILE);
            } else {
                json.name("message_type").nul();
            }
        }
        if (uuid && message.uuid() != null) {
            json.member("uuid", message.uuid());
        }
        if (customType && message.customType() != null) {
            json.member("custom_message_type", message.customType());
        }
        if (!message.on().groups().isEmpty()) {
            ActionSummaryJson.byType(message.on().groups(), ActionGroup::type, json.object("actions"),
                    group -> ActionSummaryJson.actors(group.actors(), json.nameOf(group.value()).array()));
        }
        if (message.on().revision() != null) {
            write(message.on().revision(), json.object("effective"));
        }
        if (message.on().hasMore()) {
            json.member("more_actions", true);
        }
        if (message.on().summary() != null) {
            ActionSummaryJson.write(message.on().summary(), json.name("action_summary"));
        }
        json.end();
    }

    private static void write(Revision revision, JsonWriter json) {
        if (revision.payload() != null) {
            json.member("message", revision.payload());
        }
        json.object(revision.payload() == null ? "deleted" : "edited")
                .member("uuid", revision.by().uuid())
                .quoted("actionTimetoken", revision.by().actionTimetoken())
                .end()
                .end();
    }
}
