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
 * @param parts its members, each as it stands there
 */
record ExportLine(Map<String, Json> parts) {
    static ExportLine read(byte[] line) {
        Map<String, Json> parts = JsonReader.parts(line);
        if (parts == null) {
            throw new IllegalArgumentException("not a JSON object");
        }
        return new ExportLine(parts);
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
            case "action" -> Keys.newestFirst(Keys.channel(channel()), timetoken("actionTimetoken"));
            default -> throw new IllegalArgumentException("of an unknown kind: " + kind());
        };
    }

    boolean has(String name) {
        return parts.containsKey(name);
    }

    String text(String name) {
        Json part = parts.get(name);
        if (part != null && JsonReader.tree(part.utf8()) instanceof String text) {
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
        Json part = parts.get(name);
        try {
            return Long.parseLong(String.valueOf(part));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has no whole number \"" + name + "\"", e);
        }
    }

    long timetoken(String name) {
        long timetoken = has(name) ? Timetoken.parse(text(name)) : Timetoken.INVALID;
        if (timetoken == Timetoken.INVALID) {
            throw new IllegalArgumentException("has no timetoken \"" + name + "\"");
        }
        return timetoken;
    }

    /** JSON that stands there as it is, or as a string; null when it is not there. */
    @Nullable
    Json json(String name) {
        if (has(name + "Text")) {
            Json json = JsonReader.value(text(name + "Text").getBytes(StandardCharsets.UTF_8));
            if (json == null) {
                throw new IllegalArgumentException("\"" + name + "Text\" is not JSON");
            }
            return json;
        }
        return parts.get(name);
    }
}
