package dev.manicule.server.push;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The parts of a message that are about notifications: JSON whose own members are the server's if they begin with {@code pn_}. */
final class NoticeParts {
    private static final String OWN = "pn_";

    private NoticeParts() {}

    /** The members of a part, each as it was sent; null when it is no object. */
    static @Nullable Map<String, Json> members(@Nullable Json part) {
        Map<String, Json> members = part == null ? null : JsonReader.parts(part.utf8());
        return members == null ? null : new TreeMap<>(members);
    }

    /** Those that go to the gateway. */
    static Map<String, Json> foreign(Map<String, Json> members) {
        Map<String, Json> foreign = new TreeMap<>(members);
        foreign.keySet().removeIf(name -> name.startsWith(OWN));
        return foreign;
    }

    /** A member as a tree; null when it is absent. */
    static @Nullable Object tree(Map<String, Json> members, String name) {
        Json member = members.get(name);
        return member == null ? null : JsonReader.tree(member.utf8());
    }

    /** The texts of a list; none when it is no list. */
    static Set<String> texts(@Nullable Object list) {
        Set<String> texts = new HashSet<>();
        if (list instanceof List<?> all) {
            for (Object each : all) {
                if (each instanceof String text) {
                    texts.add(text);
                }
            }
        }
        return texts;
    }

    /** An object of texts, which other values are written as: a gateway rejects them otherwise. */
    static Json ofTexts(Map<String, Json> members) {
        JsonWriter json = new JsonWriter(256).object();
        members.forEach((name, value) -> json.nameOf(name)
                .value(JsonReader.tree(value.utf8()) instanceof String text ? text : value.toString()));
        return new Json(json.end().toBytes());
    }
}
