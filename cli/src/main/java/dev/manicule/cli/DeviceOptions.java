package dev.manicule.cli;

import dev.manicule.client.PushDevice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The device of push notifications: the options of all commands that are about one. */
final class DeviceOptions {
    @Option(names = "--fcm", paramLabel = "TOKEN", description = "A device of Firebase Cloud Messaging, by its token.")
    private @Nullable String fcm;

    @Option(names = "--apns", paramLabel = "TOKEN", description = "A device of Apple's, by its token.")
    private @Nullable String apns;

    @Option(names = "--topic", paramLabel = "APP",
            description = "With --apns: the identifier of the app, such as com.example.chat. Default: the one that the "
                    + "server is configured with.")
    private @Nullable String topic;

    @Option(names = "--production",
            description = "With --topic: through Apple's gateway for apps in use. Default: the one for development.")
    private boolean isProduction;

    /** Throws {@link IllegalArgumentException} on a usage error. */
    void check() {
        if ((fcm == null) == (apns == null)) {
            throw new IllegalArgumentException("say which device: --fcm TOKEN or --apns TOKEN");
        }
        if (topic != null && apns == null) {
            throw new IllegalArgumentException("--topic needs --apns");
        }
        if (isProduction && topic == null) {
            throw new IllegalArgumentException("--production needs --topic, such as --topic com.example.chat");
        }
    }

    /** The device, after the check. */
    PushDevice device() {
        if (fcm != null) {
            return PushDevice.fcm(fcm);
        }
        String token = apns == null ? "" : apns;
        return topic == null ? PushDevice.apns(token) : PushDevice.apns(token, topic, isProduction);
    }
}
