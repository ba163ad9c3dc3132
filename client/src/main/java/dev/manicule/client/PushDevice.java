package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * A device that gets push notifications.
 *
 * @param gateway through which it gets them
 * @param token the one that the gateway gave the app on the device
 * @param app the app of a device of Apple's that {@link #apns} makes; null otherwise
 * @see ManiculeClient#addPushChannels
 * @since 0.1
 */
public record PushDevice(Gateway gateway, String token, @Nullable App app) {
    /**
     * What carries notifications to devices.
     *
     * @since 0.1
     */
    public enum Gateway {
        /** Firebase Cloud Messaging. */
        FCM,
        /** Apple's. */
        APNS
    }

    /**
     * An app on devices of Apple's.
     *
     * @param topic its identifier, such as {@code com.example.chat}
     * @param isProduction whether notifications go through Apple's gateway for apps in use, and not for those in
     *        development
     * @since 0.1
     */
    public record App(String topic, boolean isProduction) {}

    /**
     * A device of Firebase Cloud Messaging.
     *
     * @param token up to 4,096 characters of ASCII
     * @return the device
     */
    public static PushDevice fcm(String token) {
        return new PushDevice(Gateway.FCM, token, null);
    }

    /**
     * A device of Apple's, with the app that the configuration of the server names.
     *
     * @param token hexadecimal digits
     * @return the device
     */
    public static PushDevice apns(String token) {
        return new PushDevice(Gateway.APNS, token, null);
    }

    /**
     * A device of Apple's.
     *
     * @param token hexadecimal digits
     * @param topic the identifier of the app, such as {@code com.example.chat}
     * @param isProduction whether notifications go through Apple's gateway for apps in use, and not for those in
     *        development
     * @return the device
     */
    public static PushDevice apns(String token, String topic, boolean isProduction) {
        return new PushDevice(Gateway.APNS, token, new App(topic, isProduction));
    }
}
