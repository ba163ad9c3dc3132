package dev.manicule.server.model;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a user, a channel or a membership. Equal content has the same bytes and the same tag.
 *
 * @param fields a JSON object, its members in the order of their names, none of them null; see {@link #object}
 * @param updated the timetoken of the last change
 */
public record Metadata(Json fields, long updated) {
    /** The field that is an object of the client's own members. */
    public static final String CUSTOM = "custom";
    /** The fields of a membership, besides {@link #CUSTOM}. */
    public static final List<String> MEMBERSHIP_TEXTS = List.of("status", "type");
    /** The fields of a user, besides {@link #CUSTOM}. */
    public static final List<String> USER_TEXTS = List.of("name", "externalId", "profileUrl",
            "email", "status", "type");
    /** The fields of a channel, besides {@link #CUSTOM}. */
    public static final List<String> CHANNEL_TEXTS = List.of("name", "description", "status",
            "type");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);
    private static final long STEPS_IN_A_SECOND = 10_000_000;
    private static final int NANOS_IN_A_STEP = 100;
    private static final int TAG_BYTES = 12;
    private static final Json NULL = new Json("null".getBytes(StandardCharsets.US_ASCII));

    /** Nothing is known. */
    public static final Metadata NONE = new Metadata(object(new TreeMap<>()), 0);

    /** A JSON object of these members. */
    public static Json object(SortedMap<String, Json> members) {
        JsonWriter json = new JsonWriter().object();
        members.forEach((name, value) -> json.nameOf(name).value(value));
        return new Json(json.end().toBytes());
    }

    /** The fields by name. */
    public SortedMap<String, Json> members() {
        return members(fields);
    }

    private static SortedMap<String, Json> members(Json object) {
        Map<String, Json> parts = JsonReader.parts(object.utf8());
        return parts == null ? new TreeMap<>() : new TreeMap<>(parts);
    }

    /**
     * The same after a change.
     *
     * @param patch a JSON object: each member takes the place of the field of that name, and null takes the field out
     * @param timetoken that of the change
     */
    public Metadata patched(Json patch, long timetoken) {
        SortedMap<String, Json> members = members();
        members(patch).forEach((name, value) -> {
            if (value.equals(NULL)) {
                members.remove(name);
            } else {
                members.put(name, value);
            }
        });
        return new Metadata(object(members), timetoken);
    }

    /** A field that is a text; null when it is not there. */
    public @Nullable String text(String name) {
        Json value = members().get(name);
        return value != null && JsonReader.tree(value.utf8()) instanceof String text ? text : null;
    }

    /** Stands for the content: differs when the fields differ, whenever they were changed. */
    public String eTag() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(fields.utf8());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, TAG_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The time of the last change as text, in UTC: texts of two times sort as the times do. */
    public String time() {
        return TIME.format(Instant.ofEpochSecond(Timetoken.seconds(updated),
                updated % STEPS_IN_A_SECOND * NANOS_IN_A_STEP));
    }
}
