package dev.manicule.server.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Which topic, and how its brokers are reached.
 *
 * @param bootstrapServers brokers to ask first, as {@code host:port}, with commas between them
 * @param topic the topic
 * @param client settings of Kafka's clients by their names there, such as {@code security.protocol}; they are not shown in messages,
 *        since some are secrets
 * @param patience how long a write is tried before it is given up as in doubt, at least 3 s
 */
public record KafkaSettings(String bootstrapServers, String topic, Map<String, String> client, Duration patience) {
    /** Longer than brokers take to agree on a new leader. */
    public static final Duration USUAL_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(3);

    private static final Pattern SECURITY = Pattern.compile("security\\.protocol|(?:ssl|sasl)\\..+");

    /** Whether Kafka's clients have a setting of a name that is about security. */
    public static boolean isOfSecurity(String name) {
        return SECURITY.matcher(name).matches() && AdminClientConfig.configNames().contains(name);
    }

    /** Copies the settings. */
    public KafkaSettings {
        client = Map.copyOf(client);
        if (patience.compareTo(LEAST_PATIENCE) < 0) {
            throw new IllegalArgumentException("a write is tried for at least " + LEAST_PATIENCE.toSeconds() + " s");
        }
    }

    @Override
    public String toString() {
        return "topic " + topic + " at " + bootstrapServers;
    }
}
