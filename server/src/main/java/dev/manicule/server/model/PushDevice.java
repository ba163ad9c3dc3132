package dev.manicule.server.model;

import org.jspecify.annotations.Nullable;

/**
 * A device that gets messages of channels as notifications, as the gateway of its maker knows it.
 *
 * @param keyset the subscribe key, 1 to {@value Channel#MAX_KEYSET_BYTES} bytes of UTF-8
 * @param topic the app on the device; empty where the gateway needs none
 * @param token the name that the gateway gave the app on the device, not empty
 */
public record PushDevice(String keyset, Gateway gateway, String topic, String token) {
    /** The most characters of a token, all of them ASCII. */
    public static final int MAX_TOKEN_CHARACTERS = 4096;
    /** The most characters of a topic, all of them ASCII. */
    public static final int MAX_TOPIC_CHARACTERS = 255;

    /** Where notifications for a device go. Devices of Apple's gateway have consecutive codes. */
    public enum Gateway {
        /** Firebase Cloud Messaging, by whichever of its names. */
        FCM("fcm", 1),
        /** Apple's, of a device that was registered without topic and environment. */
        APNS("apns", 2),
        /** Apple's, for apps under development. */
        APNS2_DEVELOPMENT("apns2-development", 3),
        /** Apple's, for apps that are sold. */
        APNS2_PRODUCTION("apns2-production", 4);

        private final String text;
        private final int code;

        Gateway(String text, int code) {
            this.text = text;
            this.code = code;
        }

        /** Its name in exports. */
        public String text() {
            return text;
        }

        /** The byte that stands for it in commands and keys, 1 to 4; it never changes. */
        public int code() {
            return code;
        }

        /** The one of a code; null when there is none. */
        public static @Nullable Gateway of(int code) {
            for (Gateway each : values()) {
                if (each.code == code) {
                    return each;
                }
            }
            return null;
        }

        /** The one of a name in exports; null when there is none. */
        public static @Nullable Gateway named(String text) {
            for (Gateway each : values()) {
                if (each.text.equals(text)) {
                    return each;
                }
            }
            return null;
        }
    }

    /** Whether a text can be a token: 1 to {@value #MAX_TOKEN_CHARACTERS} visible characters of ASCII; Apple's are hexadecimal. */
    public static boolean isToken(String text, Gateway gateway) {
        boolean isApple = gateway != Gateway.FCM;
        return !text.isEmpty() && text.length() <= MAX_TOKEN_CHARACTERS
                && text.chars().allMatch(c -> isApple ? Character.digit(c, 16) >= 0 && c < 0x80 : c > ' ' && c < 0x7F);
    }

    /** Whether a text can be a topic, 1 to {@value #MAX_TOPIC_CHARACTERS} letters, digits, dots, hyphens and underscores. */
    public static boolean isTopic(String text) {
        return !text.isEmpty() && text.length() <= MAX_TOPIC_CHARACTERS
                && text.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || ".-_".indexOf(c) >= 0));
    }
}
