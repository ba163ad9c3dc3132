package dev.manicule.server.config;

import dev.manicule.server.access.Secret;
import dev.manicule.server.kafka.KafkaSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cluster that a server is a node of.
 *
 * @param node the node's name, which no other node of the cluster has; it keeps it over restarts
 * @param bootstrapServers brokers of Apache Kafka to connect to first, as {@code host:port}, with commas between them
 * @param topic the topic that the log of the cluster is in
 * @param reads the data that a read sees
 * @param advertisedAddress where other nodes reach this one, such as {@code https://node-a:8080}; null where they can't
 * @param secret known to all nodes of the cluster, and to no one else; null where they send no requests to each other
 * @param kafka settings of Kafka's clients about security, by their names there
 */
public record ClusterSettings(String node, String bootstrapServers, String topic, Reads reads,
        @Nullable URI advertisedAddress, @Nullable Secret secret, Map<String, String> kafka) {
    /** The topic where the configuration names none. */
    public static final String USUAL_TOPIC = "manicule";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern SERVERS = Pattern.compile("\\s*[^\\s,]+:\\d{1,5}\\s*(?:,\\s*[^\\s,]+:\\d{1,5}\\s*)*");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}");

    /** The data that a read sees. */
    public enum Reads {
        /** All that any node had answered before the read came. */
        LINEARIZABLE,
        /** The data that this node has applied, which may be behind. */
        LOCAL
    }

    /** Copies the settings. */
    public ClusterSettings {
        kafka = Map.copyOf(kafka);
    }

    /** The fault of a name of a node; null when it has none. */
    static @Nullable String nameProblem(String name) {
        return NAME.matcher(name).matches()
                ? null
                : "`" + name + "` is no name of a node: 1 to 63 letters, digits, dots, dashes and underscores.";
    }

    /** The fault of a list of brokers; null when it has none. */
    static @Nullable String serversProblem(String servers) {
        return SERVERS.matcher(servers).matches()
                ? null
                : "`" + servers + "` names no brokers: expected host:port, with commas between them, such as"
                        + " kafka-1:9092,kafka-2:9092.";
    }

    /** The fault of a name of a topic; null when it has none. */
    static @Nullable String topicProblem(String name) {
        return TOPIC.matcher(name).matches()
                ? null
                : "`" + name + "` is no name of a topic: letters, digits, dots, dashes and underscores.";
    }

    /** The address that a text is: scheme, host and perhaps a port, and nothing else; null when it is none. */
    public static @Nullable URI address(String text) {
        try {
            URI uri = new URI(text);
            boolean isOne = uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())
                    && List.of("", "/").contains(uri.getRawPath()) && uri.getRawQuery() == null
                    && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
            return isOne ? new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), null, null, null) : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Where other nodes reach this one; empty where they can't. */
    public String address() {
        return advertisedAddress == null ? "" : advertisedAddress.toString();
    }

    /** Where the log is. */
    public KafkaSettings log() {
        return new KafkaSettings(bootstrapServers, topic, kafka, KafkaSettings.USUAL_PATIENCE);
    }

    /** The number that stands for the node in the log: it follows from the name. */
    public long number() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(node.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong() >>> 1;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Without the settings of Kafka's clients, some of which are secrets. */
    @Override
    public String toString() {
        return "node " + node + " of topic " + topic + " at " + bootstrapServers;
    }
}
