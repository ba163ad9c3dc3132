package dev.manicule.client;

import dev.manicule.client.internal.MetadataFields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Request.Decoder;
import java.util.List;

/**
 * What users and channels differ in, for calls that do the same with both.
 *
 * @param name in paths and bodies
 * @param other the name of the others, in memberships
 * @param operations to get, to list and to remove
 */
record MetadataKind<M extends Metadata>(String name, String other, Operations operations, Decoder<M> decoder) {
    static final MetadataKind<UserMetadata> USER = new MetadataKind<>("uuid", "channel",
            new Operations(Operation.GET_USER_METADATA, Operation.LIST_USER_METADATA,
                    Operation.REMOVE_USER_METADATA),
            MetadataFields::user);
    static final MetadataKind<ChannelMetadata> CHANNEL = new MetadataKind<>("channel", "uuid",
            new Operations(Operation.GET_CHANNEL_METADATA, Operation.LIST_CHANNEL_METADATA,
                    Operation.REMOVE_CHANNEL_METADATA),
            MetadataFields::channel);

    /** The operations on a kind. */
    record Operations(Operation get, Operation list, Operation remove) {}

    /** The path of all of them. */
    Path path(String subscribeKey) {
        return Path.of("v2", "objects", subscribeKey, name + "s");
    }

    /** The channels that a call about one of them is about. */
    List<String> channels(String id) {
        return equals(CHANNEL) ? List.of(id) : List.of();
    }
}
