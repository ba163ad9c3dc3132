package dev.manicule.client;

import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Sets fields of the metadata of a channel.
 *
 * <pre>{@code
 * client.setChannelMetadata("room").name("The room").custom(Map.of("color", "green")).sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class SetChannelMetadata extends SetMetadata<SetChannelMetadata, ChannelMetadata> {
    SetChannelMetadata(Transport transport, String id) {
        this(transport, Input.of(id));
    }

    private SetChannelMetadata(Transport transport, Input input) {
        super(transport, Operation.SET_CHANNEL_METADATA, MetadataKind.CHANNEL, input);
    }

    @Override
    SetChannelMetadata with(Input changed) {
        return new SetChannelMetadata(transport, changed);
    }

    /**
     * Sets the description.
     *
     * @param text up to 2,048 bytes; null to clear it
     * @return a call with this description
     */
    public SetChannelMetadata description(@Nullable String text) {
        return text("description", text);
    }
}
