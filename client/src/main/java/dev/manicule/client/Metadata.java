package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What App Context has of a user, of a channel, or of a membership. The application gives its fields their meaning.
 *
 * @since 0.1
 */
public sealed interface Metadata permits UserMetadata, ChannelMetadata, Membership {
    /**
     * The fields that users, channels and memberships have in common.
     *
     * @param status a word of the application's; null when it is not set, or the call does not {@link Include} it
     * @param type a word of the application's; null when it is not set, or the call does not {@link Include} it
     * @param custom an object of strings, numbers, booleans and nulls; null when it is not set, or the call does not
     *        {@link Include} it
     * @since 0.1
     */
    record CustomFields(@Nullable String status, @Nullable String type, @Nullable JsonNode custom) {
        static final CustomFields NONE = new CustomFields(null, null, null);
    }

    /**
     * A state of metadata.
     *
     * @param updated when it was set, in microseconds; null when there is no metadata, or the server does not say
     * @param eTag stands for the content: equal content has an equal tag; null when there is no metadata, or the server
     *        does not say
     * @since 0.1
     */
    record Revision(@Nullable Instant updated, @Nullable String eTag) {
        static final Revision NONE = new Revision(null, null);
    }

    /**
     * The fields that users, channels and memberships have in common.
     *
     * @return never null
     */
    CustomFields fields();

    /**
     * Which state of the metadata this is.
     *
     * @return never null
     */
    Revision revision();

    /**
     * The status.
     *
     * @return null when it is not set, or the call does not include it
     */
    default @Nullable String status() {
        return fields().status;
    }

    /**
     * The type.
     *
     * @return null when it is not set, or the call does not include it
     */
    default @Nullable String type() {
        return fields().type;
    }

    /**
     * The custom fields.
     *
     * @return an object of strings, numbers, booleans and nulls; null when it is not set, or the call does not include it
     */
    default @Nullable JsonNode custom() {
        return fields().custom;
    }

    /**
     * When it was set.
     *
     * @return in microseconds; null when there is no metadata
     */
    default @Nullable Instant updated() {
        return revision().updated;
    }

    /**
     * The tag of its content, for {@link SetMetadata#ifMatch}.
     *
     * @return null when there is no metadata
     */
    default @Nullable String eTag() {
        return revision().eTag;
    }
}
