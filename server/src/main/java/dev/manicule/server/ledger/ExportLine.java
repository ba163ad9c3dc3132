package dev.manicule.server.ledger;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of an {@link Export}, read. What is wrong with it is thrown as an {@link IllegalArgumentException}, in words.
 *
 * @param members strings and numbers
 * @param parts all members, each as it stands there
 */
record ExportLine(Map<String, Object> members, Map<String, Json> parts) {
    static ExportLine read(byte[] line) {
        Map<String, Object> members = JsonReader.members(line);
        Map<String, Json> parts = members == null ? null : JsonReader.parts(line);
        if (members == null || parts == null) {
            throw new IllegalArgumentException("not a JSON object");
        }
        return new ExportLine(members, parts);
    }

    String kind() {
        return text("kind");
    }

    String keyset() {
        String keyset = text("keyset");
        if (keyset.isEmpty() || keyset.getBytes(StandardCharsets.UTF_8).length > Channel.MAX_KEYSET_BYTES) {
            throw new IllegalArgumentException("no subscribe key: " + keyset);
        }
        return keyset;
    }

    Channel channel() {
        return new Channel(keyset(), name("channel"));
    }

    ChannelGroup group() {
        return new ChannelGroup(keyset(), name("group"));
    }

    MessageAction action() {
        return new MessageAction(timetoken("messageTimetoken"), text("type"), text("value"), text("uuid"),
                timetoken("actionTimetoken"));
    }

    /** The key of the row that the line is of. */
    byte[] key() {
        return switch (kind()) {
            case "group" -> Keys.group(group());
            case "revocation" -> Keys.revoked(keyset(), number("expiry"), text("token"));
            case "message" -> Keys.at(Keys.channel(channel()), timetoken("timetoken"));
            case "action" -> Keys.at(Keys.channel(channel()), timetoken("actionTimetoken"));
            default -> throw new IllegalArgumentException("of an unknown kind: " + kind());
        };
    }

    String text(String name) {
        if (members.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("has no text \"" + name + "\"");
    }

    private String name(String member) {
        String name = text(member);
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > Channel.MAX_NAME_BYTES) {
            throw new IllegalArgumentException("no name of a " + member + ": " + name);
        }
        return name;
    }

    long number(String name) {
        if (members.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("has no whole number \"" + name + "\"");
    }

    long timetoken(String name) {
        return timetoken(members, name);
    }

    static long timetoken(Map<String, Object> members, String name) {
        long timetoken = members.get(name) instanceof String text ? Timetoken.parse(text) : Timetoken.INVALID;
        if (timetoken == Timetoken.INVALID) {
            throw new IllegalArgumentException("has no timetoken \"" + name + "\"");
        }
        return timetoken;
    }

    /** JSON that stands there as it is, or as a string; null when it is not there. */
    @Nullable
    Json json(String name) {
        if (members.get(name + "Text") instanceof String text) {
            Json json = JsonReader.value(text.getBytes(StandardCharsets.UTF_8));
            if (json == null) {
                throw new IllegalArgumentException("\"" + name + "Text\" is not JSON");
            }
            return json;
        }
        return parts.get(name);
    }
}
