package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * The metadata of a channel.
 *
 * @param id the channel
 * @param name for people to read; null when it is not set
 * @param description for people to read; null when it is not set
 * @param fields those that users and memberships have too
 * @param revision which state of the metadata this is
 * @see SetChannelMetadata
 * @since 0.1
 */
public record ChannelMetadata(String id, @Nullable String name, @Nullable String description, CustomFields fields,
        Revision revision) implements Metadata {
    /** A channel of which nothing but the id is known. */
    static ChannelMetadata of(String id) {
        return new ChannelMetadata(id, null, null, CustomFields.NONE, Revision.NONE);
    }
}
