package dev.manicule.server.api;

import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message.ActionGroup;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.Message;
import dev.manicule.server.routing.PercentEncoding;
import dev.manicule.server.routing.QueryParameters;
import java.util.List;

/** The format of channels and messages in a response of history v3, with the optional fields that were requested. */
record HistoryV3Entry(boolean meta, boolean uuid, boolean messageType, boolean customType, boolean encodedNames) {
    static HistoryV3Entry asked(QueryParameters query) {
        return new HistoryV3Entry(query.flag("include_meta"), query.flag("include_uuid"),
                query.flag("include_message_type"), query.flag("include_custom_message_type"),
                query.flag("encode_channels"));
    }

    void writeChannel(Channel channel, List<Message> messages, JsonText json) {
        beginChannel(channel, json);
        String comma = "";
        for (Message message : messages) {
            write(message, json.raw(comma));
            comma = ",";
        }
        json.raw("]");
    }

    void beginChannel(Channel channel, JsonText json) {
        json.quoted(encodedNames ? PercentEncoding.encode(channel.name()) : channel.name()).raw(":[");
    }

    void write(Message message, JsonText json) {
        json.raw("{\"message\":").raw(message.payload()).raw(",\"timetoken\":").quoted(message.timetoken());
        if (meta) {
            json.raw(",\"meta\":").raw(message.metaOrEmpty());
        }
        if (messageType) {
            json.raw(",\"message_type\":null");
        }
        if (uuid && message.uuid() != null) {
            json.raw(",\"uuid\":").raw(message.uuid());
        }
        if (customType && message.customType() != null) {
            json.raw(",\"custom_message_type\":").raw(message.customType());
        }
        if (!message.actions().isEmpty()) {
            actions(message.actions(), json);
        }
        if (message.hasMoreActions()) {
            json.raw(",\"more_actions\":true");
        }
        json.raw("}");
    }

    /** Type to value to actors: the groups of a type adjoin. */
    private static void actions(List<ActionGroup> groups, JsonText json) {
        json.raw(",\"actions\":{");
        String type = null;
        for (ActionGroup group : groups) {
            if (group.type().equals(type)) {
                json.raw(",");
            } else {
                json.raw(type == null ? "" : "},").quoted(group.type()).raw(":{");
                type = group.type();
            }
            json.quoted(group.value()).raw(":[");
            String comma = "";
            for (Actor actor : group.actors()) {
                json.raw(comma)
                        .raw("{\"uuid\":")
                        .quoted(actor.uuid())
                        .raw(",\"actionTimetoken\":")
                        .quoted(actor.actionTimetoken())
                        .raw("}");
                comma = ",";
            }
            json.raw("]");
        }
        json.raw("}}");
    }
}
