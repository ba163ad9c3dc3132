package dev.manicule.server.ledger;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A line of an {@link Export}, read. What is wrong with it is thrown as an {@link IllegalArgumentException}, in words.
 *
 * @param parts its members, each as it stands there
 */
record ExportLine(Map<String, Json> parts) {
    /** The members of each kind of line. Those of which JSON may be the value can have {@code Text} behind their names. */
    private static final Map<String, Set<String>> MEMBERS = Map.of("group",
            Set.of("kind", "keyset", "group", "channels"),
            "revocation", Set.of("kind", "keyset", "token", "expiry", "since"), "message",
            Set.of("kind", "keyset", "channel", "timetoken", "uuid", "type", "sequence", "origin", "originText", "meta",
                    "metaText", "payload", "payloadText"),
            "action", Set.of("kind", "keyset", "channel", "messageTimetoken", "type", "value", "uuid",
                    "actionTimetoken"));

    static ExportLine read(byte[] line) {
        List<String> twins = new ArrayList<>();
        Map<String, Json> parts = JsonReader.parts(line, twins);
        if (parts == null) {
            throw new IllegalArgumentException("not a JSON object");
        }
        if (!twins.isEmpty()) {
            throw new IllegalArgumentException("has \"" + twins.getFirst() + "\" twice");
        }
        return new ExportLine(parts);
    }

    /** Refuses members that no line of its kind has: what they mean would be lost. */
    void checkMembers() {
        Set<String> known = MEMBERS.get(kind());
        if (known == null) {
            throw new IllegalArgumentException("of an unknown kind: " + kind());
        }
        checkMembers(known);
    }

    void checkMembers(Set<String> known) {
        for (String name : new TreeSet<>(parts.keySet())) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "has a member \"" + name + "\" that this version does not know; there are "
                                + String.join(", ", new TreeSet<>(known)));
            }
            if (parts.containsKey(name + "Text")) {
                throw new IllegalArgumentException("has both \"" + name + "\" and \"" + name + "Text\"");
            }
        }
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
        return new MessageAction(timetoken("messageTimetoken"), words("type"), words("value"), text("uuid"),
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

    /** A text that is not empty. */
    String words(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("has an empty \"" + name + "\"");
        }
        return text;
    }

    /** JSON that stands there as it is, or as a string; null when it is not there. */
    @Nullable
    Json json(String name) {
        boolean isText = has(name + "Text");
        if (!isText && !has(name)) {
            return null;
        }
        byte[] bytes = isText ? text(name + "Text").getBytes(StandardCharsets.UTF_8) : part(name).utf8();
        Json json = JsonReader.value(bytes);
        if (json == null) {
            throw new IllegalArgumentException(
                    "\"" + name + (isText ? "Text" : "") + "\" is not JSON, or deeper than " + JsonReader.DEEPEST);
        }
        return json;
    }

    private Json part(String name) {
        Json part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("has no \"" + name + "\"");
        }
        return part;
    }
}
