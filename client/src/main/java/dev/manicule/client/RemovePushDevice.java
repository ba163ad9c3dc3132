package dev.manicule.client;

import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;

/**
 * Ends all push notifications of a device.
 *
 * <pre>{@code
 * client.removePushDevice(PushDevice.fcm(token)).sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class RemovePushDevice extends PushRegistration<RemovePushDevice.Result> {
    /**
     * The device is registered for no channel any more; the result is empty.
     *
     * @since 0.1
     */
    public record Result() {}

    RemovePushDevice(Transport transport, PushDevice device) {
        super(transport, device);
    }

    @Override
    Request<Result> request() {
        return Request.get(Operation.REMOVE_PUSH_DEVICE, path().and("remove"), query(), json -> new Result());
    }
}
