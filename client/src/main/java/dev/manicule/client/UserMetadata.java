package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * The metadata of a user.
 *
 * @param id the user: the uuid of its clients
 * @param name for people to read; null when it is not set
 * @param profile how the user is known elsewhere
 * @param fields those that channels and memberships have too
 * @param revision which state of the metadata this is
 * @see SetUserMetadata
 * @since 0.1
 */
public record UserMetadata(String id, @Nullable String name, Profile profile, CustomFields fields, Revision revision)
        implements
            Metadata {
    /**
     * How a user is known elsewhere.
     *
     * @param externalId the user in another system; null when it is not set
     * @param profileUrl the address of a picture; null when it is not set
     * @param email an address of electronic mail; null when it is not set
     * @since 0.1
     */
    public record Profile(@Nullable String externalId, @Nullable String profileUrl, @Nullable String email) {
        static final Profile NONE = new Profile(null, null, null);
    }

    /**
     * The user in another system.
     *
     * @return null when it is not set
     */
    public @Nullable String externalId() {
        return profile.externalId;
    }

    /**
     * The address of a picture.
     *
     * @return null when it is not set
     */
    public @Nullable String profileUrl() {
        return profile.profileUrl;
    }

    /**
     * An address of electronic mail.
     *
     * @return null when it is not set
     */
    public @Nullable String email() {
        return profile.email;
    }

    /** A user of whom nothing but the id is known. */
    static UserMetadata of(String id) {
        return new UserMetadata(id, null, Profile.NONE, CustomFields.NONE, Revision.NONE);
    }
}
