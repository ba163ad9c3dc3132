package dev.manicule.client;

/**
 * A user is a member of a channel. Neither needs metadata for it.
 *
 * @param user the user; only with an id, unless the call requests {@linkplain GetMemberships#withMetadata more}
 * @param channel the channel; only with an id, unless the call requests {@linkplain GetMemberships#withMetadata more}
 * @param fields those of the membership itself
 * @param revision which state of the membership this is
 * @see ManiculeClient#getMemberships(String)
 * @see ManiculeClient#getMembers(String)
 * @since 0.1
 */
public record Membership(UserMetadata user, ChannelMetadata channel, CustomFields fields, Revision revision)
        implements
            Metadata {}
