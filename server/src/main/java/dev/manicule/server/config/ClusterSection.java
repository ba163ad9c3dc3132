package dev.manicule.server.config;

import dev.manicule.server.access.Secret;
import dev.manicule.server.config.ConfigNodes.Members;
import dev.manicule.server.kafka.KafkaSettings;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** The settings of the cluster that a server is a node of. */
final class ClusterSection {
    private static final int LEAST_SECRET = 16;

    private ClusterSection() {}

    static ClusterSettings read(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node,
                List.of("node", "bootstrapServers", "topic", "reads", "advertisedAddress", "secret", "kafka"));
        String name = members.get("node", each -> name(nodes, each));
        String bootstrapServers = members.get("bootstrapServers",
                each -> servers(nodes, each));
        String topic = members.get("topic", each -> nodes.good(each, ClusterSettings::topicProblem),
                ClusterSettings.USUAL_TOPIC);
        ClusterSettings.Reads reads = members.get("reads", each -> reads(nodes, each),
                ClusterSettings.Reads.LINEARIZABLE);
        URI advertisedAddress = members.get("advertisedAddress", each -> address(nodes, each));
        Secret secret = members.get("secret", each -> secret(nodes, each));
        Map<String, String> kafka = members.get("kafka", each -> kafka(nodes, each), Map.of());
        if (name == null || bootstrapServers == null) {
            throw nodes.at(node,
                    "`cluster` needs `node`, a name that no other node has, and `bootstrapServers`, such as"
                            + " kafka-1:9092,kafka-2:9092.");
        }
        return new ClusterSettings(name, bootstrapServers, topic, reads, advertisedAddress, secret, kafka);
    }

    private static ClusterSettings.Reads reads(ConfigNodes nodes, Node node) throws ConfigException {
        return switch (nodes.text(node)) {
            case "linearizable" -> ClusterSettings.Reads.LINEARIZABLE;
            case "local" -> ClusterSettings.Reads.LOCAL;
            default -> throw nodes.at(node, "expected linearizable or local.");
        };
    }

    private static String name(ConfigNodes nodes, Node node) throws ConfigException {
        String name = nodes.given(node, "the name of the node");
        nodes.check(node, ClusterSettings.nameProblem(name));
        return name;
    }

    private static String servers(ConfigNodes nodes, Node node) throws ConfigException {
        String servers = nodes.given(node, "the brokers to ask first");
        nodes.check(node, ClusterSettings.serversProblem(servers));
        return servers;
    }

    private static Secret secret(ConfigNodes nodes, Node node) throws ConfigException {
        String text = nodes.given(node, "the secret of the cluster");
        if (text.length() < LEAST_SECRET) {
            throw nodes.at(node, "the secret of the cluster is too short: it needs " + LEAST_SECRET
                    + " characters, such as `openssl rand -hex 32` makes.");
        }
        return new Secret(text);
    }

    private static URI address(ConfigNodes nodes, Node node) throws ConfigException {
        String text = nodes.given(node, "the address of the node");
        URI address = ClusterSettings.address(text);
        if (address == null) {
            throw nodes.at(node,
                    "`" + text + "` is no address of a node: expected something like https://node-a:8080.");
        }
        return address;
    }

    /** Settings of Kafka's clients. Those that the log depends on can't be changed. */
    private static Map<String, String> kafka(ConfigNodes nodes, Node node) throws ConfigException {
        Map<String, String> settings = new HashMap<>();
        for (Map.Entry<ScalarNode, Node> setting : nodes.members(node).entrySet()) {
            String name = setting.getKey().getValue();
            if (!KafkaSettings.isOfSecurity(name)) {
                throw nodes.at(setting.getKey(),
                        "`" + name + "` can't be set here: only what Kafka's clients have about security"
                                + " (security.protocol, ssl.*, sasl.*).");
            }
            settings.put(name, nodes.given(setting.getValue(), "the value"));
        }
        return settings;
    }
}
