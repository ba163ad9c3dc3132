package dev.manicule.server.push;

import dev.manicule.server.json.JsonReader;
import dev.manicule.server.push.SigningKey.Algorithm;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How notifications are delivered.
 *
 * @param fcm Firebase Cloud Messaging; null when nothing is sent there
 * @param apns Apple's gateway; null when nothing is sent there
 * @param authorities a PEM file of certificates that are trusted in place of those of the Java runtime; null for those
 */
public record PushSettings(@Nullable Fcm fcm, @Nullable Apns apns, @Nullable Path authorities) {
    /** No notifications are delivered. */
    public static final PushSettings NONE = new PushSettings(null, null, null);

    /**
     * The access to Firebase Cloud Messaging.
     *
     * @param account the service account that may send
     * @param endpoint scheme, host and perhaps a port
     */
    public record Fcm(ServiceAccount account, URI endpoint) {
        /** Google's own. */
        public static final URI USUAL = URI.create("https://fcm.googleapis.com");
    }

    /**
     * A service account of Google's.
     *
     * @param project the project that the devices belong to
     * @param email its name
     * @param key what it signs with
     * @param tokens where it gets its access tokens
     */
    public record ServiceAccount(String project, String email, SigningKey key, URI tokens) {
        /**
         * Reads the JSON file that Google gives its owner.
         *
         * @throws IllegalArgumentException if it is none, in words without any secret
         */
        public static ServiceAccount read(String json) {
            Map<String, Object> members = JsonReader.members(json.getBytes(StandardCharsets.UTF_8));
            if (members == null) {
                throw new IllegalArgumentException("no JSON object");
            }
            URI tokens = https(text(members, "token_uri"));
            if (tokens == null) {
                throw new IllegalArgumentException("a \"token_uri\" that is no https URL");
            }
            return new ServiceAccount(text(members, "project_id"), text(members, "client_email"),
                    SigningKey.of(Algorithm.RS256, text(members, "private_key")), tokens);
        }

        private static String text(Map<String, Object> members, String name) {
            if (members.get(name) instanceof String text && !text.isBlank()) {
                return text;
            }
            throw new IllegalArgumentException("no text \"" + name + "\"");
        }
    }

    /**
     * The access to Apple's gateway.
     *
     * @param key what the provider tokens are signed with
     * @param keyId the identifier of the key, ten characters
     * @param teamId the identifier of its owner, ten characters
     * @param usual the app of devices that were registered without topic and environment; null when they get nothing
     * @param production scheme, host and perhaps a port, for apps that are sold
     * @param development the same, for apps under development
     */
    public record Apns(SigningKey key, String keyId, String teamId, @Nullable App usual, URI production,
            URI development) {
        /** Apple's own for apps that are sold. */
        public static final URI USUAL_PRODUCTION = URI.create("https://api.push.apple.com");
        /** Apple's own for apps under development. */
        public static final URI USUAL_DEVELOPMENT = URI.create("https://api.sandbox.push.apple.com");
    }

    /**
     * An app on Apple's devices.
     *
     * @param topic its identifier
     * @param isProduction whether it is sold, and not under development
     */
    public record App(String topic, boolean isProduction) {}

    /** The URL of a text; null when it is none of https with a host. */
    public static @Nullable URI https(String text) {
        try {
            URI uri = new URI(text);
            return "https".equals(uri.getScheme()) && uri.getHost() != null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Whether nothing is delivered. */
    public boolean isNone() {
        return fcm == null && apns == null;
    }
}
