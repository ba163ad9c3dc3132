package dev.manicule.server.ledger;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A line of an {@link Export}, read. Errors in it are thrown as {@link IllegalArgumentException}, in words.
 *
 * @param parts its members, each as it stands there
 * @param limits the limits that apply to them
 */
record ExportLine(Map<String, Json> parts, ImportLimits limits) {
    private static final Set<String> MEMBERS_OF_END = Set.of("kind", "lines");

    /** Whether a line is blank. */
    static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /** A line that an export has written: as long as any server can be configured to accept. */
    static ExportLine read(byte[] line) {
        return read(line, ImportLimits.HIGHEST);
    }

    static ExportLine read(byte[] line, ImportLimits limits) {
        if (isBlank(line)) {
            throw new IllegalArgumentException("a blank line");
        }
        List<String> twins = new ArrayList<>();
        Map<String, Json> parts = JsonReader.parts(line, twins);
        if (parts == null) {
            throw new IllegalArgumentException("not a JSON object");
        }
        if (!twins.isEmpty()) {
            throw new IllegalArgumentException("has \"" + twins.getFirst() + "\" twice");
        }
        return new ExportLine(parts, limits);
    }

    /** Refuses members that no line of its kind has: what they mean would be lost. */
    void checkMembers() {
        checkMembers(kind().equals(Export.END) ? MEMBERS_OF_END : Export.rows(kind()).members());
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

    /** A channel on which messages can be. */
    Channel channel() {
        return new Channel(keyset(), checkedChannel(text("channel")));
    }

    /** The name of a channel on which messages can be. */
    static String checkedChannel(String name) {
        if (!Channel.isName(name) || !Channel.isForMessages(name)) {
            throw new IllegalArgumentException("no name of a channel: " + name);
        }
        return name;
    }

    /** The acting user. */
    String uuid() {
        String uuid = text("uuid");
        int characters = uuid.codePointCount(0, uuid.length());
        if (characters == 0) {
            throw new IllegalArgumentException("no uuid: it has 0 characters");
        }
        if (characters > limits.of(Limit.UUID_CHARACTERS)) {
            throw new IllegalArgumentException(
                    "no uuid: it has " + characters + " characters, " + limits.over(Limit.UUID_CHARACTERS));
        }
        return uuid;
    }

    /** The publisher's name for the kind of message, null for none. */
    @Nullable
    String customType() {
        String type = has("type") ? text("type") : null;
        if (type != null && !Message.isCustomType(type)) {
            throw new IllegalArgumentException("no \"type\" that a message can have: " + type);
        }
        return type;
    }

    boolean has(String name) {
        return parts.containsKey(name);
    }

    String text(String name) {
        Json part = parts.get(name);
        if (part != null && JsonReader.tree(part.utf8()) instanceof String text) {
            return checkedText(text, name);
        }
        throw new IllegalArgumentException("has no text \"" + name + "\"");
    }

    /** A text that has a form in UTF-8. */
    static String checkedText(String text, String name) {
        if (!JsonReader.isUnicode(text)) {
            throw new IllegalArgumentException("half of a surrogate pair stands alone in \"" + name + "\"");
        }
        return text;
    }

    /** Whether a member is {@code true}; absent, it is not. */
    boolean flag(String name) {
        if (!has(name)) {
            return false;
        }
        String value = String.valueOf(parts.get(name));
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("its \"" + name + "\" is neither true nor false");
        }
        return value.equals("true");
    }

    /** A whole number that is not negative. */
    long natural(String name) {
        long number = number(name);
        if (number < 0) {
            throw new IllegalArgumentException("its \"" + name + "\" is less than 0");
        }
        return number;
    }

    /** A whole number of a range. */
    int number(String name, int least, int most) {
        long number = number(name);
        if (number < least || number > most) {
            throw new IllegalArgumentException("its \"" + name + "\" is not from " + least + " to " + most);
        }
        return (int) number;
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
    String words(String name, Limit limit) {
        String text = text(name);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("has an empty \"" + name + "\"");
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limits.of(limit)) {
            throw tooLong(name, bytes, limit);
        }
        return text;
    }

    private IllegalArgumentException tooLong(String name, int bytes, Limit limit) {
        return new IllegalArgumentException("its \"" + name + "\" has " + bytes + " bytes, " + limits.over(limit));
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
        Limit limit = limits.ofJson();
        if (json.utf8().length > limits.of(limit)) {
            throw tooLong(name, json.utf8().length, limit);
        }
        return json;
    }

    /** A member that must be there. */
    Json part(String name) {
        Json part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("has no \"" + name + "\"");
        }
        return part;
    }
}
