package dev.manicule.client;

import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Sets fields of the metadata of a user.
 *
 * <pre>{@code
 * client.setUserMetadata("alice").name("Alice").profileUrl("https://chat.example/alice.png").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class SetUserMetadata extends SetMetadata<SetUserMetadata, UserMetadata> {
    SetUserMetadata(Transport transport, String id) {
        this(transport, Input.of(id));
    }

    private SetUserMetadata(Transport transport, Input input) {
        super(transport, Operation.SET_USER_METADATA, MetadataKind.USER, input);
    }

    @Override
    SetUserMetadata with(Input changed) {
        return new SetUserMetadata(transport, changed);
    }

    /**
     * Sets the user's id in another system.
     *
     * @param text up to 2,048 bytes; null to clear it
     * @return a call with this id
     */
    public SetUserMetadata externalId(@Nullable String text) {
        return text("externalId", text);
    }

    /**
     * Sets the address of a picture.
     *
     * @param text up to 2,048 bytes; null to clear it
     * @return a call with this address
     */
    public SetUserMetadata profileUrl(@Nullable String text) {
        return text("profileUrl", text);
    }

    /**
     * Sets an address of electronic mail.
     *
     * @param text up to 2,048 bytes; null to clear it
     * @return a call with this address
     */
    public SetUserMetadata email(@Nullable String text) {
        return text("email", text);
    }
}
