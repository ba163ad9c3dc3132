package dev.manicule.client;

import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.List;

/**
 * Registers a device for push notifications of channels, or ends that.
 *
 * <pre>{@code
 * client.addPushChannels(PushDevice.fcm(token), "room", "news").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class ChangePushChannels extends PushRegistration<ChangePushChannels.Result> {
    private final boolean adds;
    private final List<String> channels;

    /**
     * The change is made; the result is empty.
     *
     * @since 0.1
     */
    public record Result() {}

    ChangePushChannels(Transport transport, PushDevice device, boolean adds, List<String> channels) {
        super(transport, device);
        this.adds = adds;
        this.channels = channels;
    }

    /**
     * Adds channels to the change. At least one is required.
     *
     * @param names the channels
     * @return a call with these channels too
     */
    public ChangePushChannels channels(String... names) {
        return new ChangePushChannels(transport, device, adds, with(channels, List.of(names)));
    }

    @Override
    Request<Result> request() {
        List<String> names = required(channels, "channel");
        return Request.get(adds ? Operation.ADD_PUSH_CHANNELS : Operation.REMOVE_PUSH_CHANNELS, path(),
                query().with(adds ? "add" : "remove", String.join(",", names)), json -> new Result())
                .about(names, List.of());
    }
}
