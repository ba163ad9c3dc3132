package dev.manicule.client;

import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Transport;
import java.util.Locale;

/**
 * A call about the channels of which a device gets push notifications.
 *
 * @param <R> the type of its result
 * @since 0.1
 */
public abstract sealed class PushRegistration<R> extends Call<R>
        permits ChangePushChannels, ListPushChannels, RemovePushDevice {
    final PushDevice device;

    PushRegistration(Transport transport, PushDevice device) {
        super(transport);
        this.device = device;
    }

    /** The path of the device. */
    final Path path() {
        String token = required(device.token(), "token");
        return device.app() == null
                ? Path.of("v1", "push", "sub-key", subscribeKey(), "devices", token)
                : Path.of("v2", "push", "sub-key", subscribeKey(), "devices-apns2", token);
    }

    /** What names the gateway and the app. */
    final Query query() {
        PushDevice.App app = device.app();
        return app == null
                ? Query.NONE.with("type", device.gateway().name().toLowerCase(Locale.ROOT))
                : Query.NONE.with("environment", app.isProduction() ? "production" : "development")
                        .with("topic", required(app.topic(), "topic"));
    }
}
