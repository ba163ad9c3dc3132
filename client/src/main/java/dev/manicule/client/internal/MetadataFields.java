package dev.manicule.client.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.ChannelMetadata;
import dev.manicule.client.Membership;
import dev.manicule.client.Metadata;
import dev.manicule.client.Metadata.CustomFields;
import dev.manicule.client.Metadata.Revision;
import dev.manicule.client.MetadataPage;
import dev.manicule.client.UserMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the metadata in responses and events. Throws when a field is missing or of another type. */
public final class MetadataFields {
    private static final String USER = "uuid";
    private static final String CHANNEL = "channel";

    private MetadataFields() {}

    /** The metadata of a user, of which only the id must be there. */
    public static UserMetadata user(JsonNode json) {
        return new UserMetadata(Fields.text(json, "id"), Fields.textOrNull(json, "name"),
                new UserMetadata.Profile(Fields.textOrNull(json, "externalId"), Fields.textOrNull(json, "profileUrl"),
                        Fields.textOrNull(json, "email")),
                fields(json), revision(json));
    }

    /** The metadata of a channel, of which only the id must be there. */
    public static ChannelMetadata channel(JsonNode json) {
        return new ChannelMetadata(Fields.text(json, "id"), Fields.textOrNull(json, "name"),
                Fields.textOrNull(json, "description"), fields(json), revision(json));
    }

    /**
     * A membership.
     *
     * @param user in a list of the user's memberships; null where the JSON says which it is
     * @param channel in a list of the channel's members; null where the JSON says which it is
     */
    public static Membership membership(JsonNode json, @Nullable UserMetadata user, @Nullable ChannelMetadata channel) {
        return new Membership(user == null ? user(Fields.member(json, USER)) : user,
                channel == null ? channel(Fields.member(json, CHANNEL)) : channel, fields(json), revision(json));
    }

    private static CustomFields fields(JsonNode json) {
        JsonNode custom = json.get("custom");
        return new CustomFields(Fields.textOrNull(json, "status"), Fields.textOrNull(json, "type"),
                custom == null || custom.isNull() ? null : custom);
    }

    private static Revision revision(JsonNode json) {
        String updated = Fields.textOrNull(json, "updated");
        return new Revision(updated == null ? null : Instant.parse(updated), Fields.textOrNull(json, "eTag"));
    }

    /** A page of a list. */
    public static <E extends Metadata> MetadataPage<E> page(JsonNode json, Request.Decoder<E> decoder) {
        List<E> entries = new ArrayList<>();
        Fields.member(json, "data").forEach(each -> entries.add(decoder.decode(each)));
        return new MetadataPage<>(entries, Fields.textOrNull(json, "next"), Fields.textOrNull(json, "prev"),
                Fields.numberOrEmpty(json, "totalCount"));
    }

    /** What an event is about; null when it is of a type that this client does not know. */
    static @Nullable Metadata ofEvent(String type, JsonNode data) {
        return switch (type) {
            case USER -> user(data);
            case CHANNEL -> channel(data);
            case "membership" -> membership(data, null, null);
            default -> null;
        };
    }
}
