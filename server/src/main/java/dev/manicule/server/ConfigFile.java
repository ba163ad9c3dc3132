package dev.manicule.server;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.access.Secret;
import dev.manicule.server.kafka.KafkaSettings;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.presence.PresenceSettings;
import dev.manicule.server.telemetry.Tracing;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A configuration in YAML. A setting that this version does not know is rejected: a setting for security must never be
 * ignored silently.
 *
 * <pre>
 * host: 127.0.0.1
 * port: 8090
 * data: ./data
 * tls: {certificate: cert.pem, key: key.pem}
 * pollTimeoutSeconds: 280
 * presence:
 *   intervalAbove: 20
 *   intervalSeconds: 10
 * keysets:
 *   - subscribeKey: sub-c-1
 *     publishKey: pub-c-1
 *     secretKey: {file: sub-c-1.secret}
 *     accessManager: true
 * limits:
 *   connections: 10000
 * </pre>
 */
public final class ConfigFile extends ConfigNodes {
    private static final int LEAST_SECRET = 16;
    private static final int LONGEST_POLL_SECONDS = 300;

    private final UnaryOperator<@Nullable String> environment;

    private ConfigFile(Path file, UnaryOperator<@Nullable String> environment) {
        super(file);
        this.environment = environment;
    }

    /**
     * Reads a file.
     *
     * @param base the defaults for settings that the file does not have; a relative {@code data} in the file is
     *        relative to the file
     */
    public static ManiculeConfig read(Path file, ManiculeConfig base) throws ConfigException {
        return read(file, base, System::getenv);
    }

    /** Reads a file that may refer to these variables of the environment. */
    static ManiculeConfig read(Path file, ManiculeConfig base, UnaryOperator<@Nullable String> environment)
            throws ConfigException {
        return new ConfigFile(file, environment).read(base);
    }

    private ManiculeConfig read(ManiculeConfig base) throws ConfigException {
        Optional<Node> root;
        try {
            String text = Files.readString(file);
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(file.toString())
                    .setBufferSize(text.length() + 1024) // in one piece: the parser fails on pairs of surrogates cut in two
                    .build();
            root = new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            throw new ConfigException(file + ":" + line + ": not YAML: " + e.getProblem());
        } catch (StackOverflowError e) {
            throw new ConfigException(file + ": too many brackets within each other.");
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) { // which the parser throws too
            throw new ConfigException(file + ": not YAML: " + e.getMessage());
        } catch (MalformedInputException e) {
            throw new ConfigException(file + ": not a text file in UTF-8.");
        } catch (IOException | YamlEngineException e) {
            throw new ConfigException("Can't read the configuration " + file + ": " + (Files.exists(file)
                    ? e.getMessage()
                    : "there is no such file") + ".");
        }
        return root.isEmpty() ? base : settings(root.get(), base);
    }

    private ManiculeConfig settings(Node root, ManiculeConfig base) throws ConfigException {
        ManiculeConfig config = base;
        for (Map.Entry<ScalarNode, Node> setting : members(root).entrySet()) {
            Node value = setting.getValue();
            config = switch (setting.getKey().getValue()) {
                case "host" -> config.withHost(good(value, ConfigRules::host));
                case "port" -> config.withPort(number(value, 0, 65_535));
                case "data" -> config.withData(path(value));
                case "pollTimeoutSeconds" -> config.withPollTimeout(Duration.ofSeconds(number(value, 1,
                        LONGEST_POLL_SECONDS)));
                case "presence" -> config.withPresence(presence(value, config.presence()));
                case "keysets" -> config.withKeysets(keysets(value));
                case "tls" -> config.withTls(tls(value));
                case "limits" -> config.withLimits(limits(value));
                case "trustedProxies" -> config.withTrustedProxies(ranges(value, ConfigRules::proxies));
                case "hosts" -> config.withHosts(hosts(value));
                case "metricsFrom" -> config.withMetricsFrom(ranges(value, any -> null));
                case "console" -> config.withConsole(truth(value));
                case "log" -> config.withLog(log(value, config.log()));
                case "tracing" -> config.withTracing(tracing(value));
                case "cluster" -> config.withCluster(cluster(value));
                default ->
                    throw unknown(setting.getKey(), "host, port, data, tls, pollTimeoutSeconds, presence, keysets, "
                            + "limits, trustedProxies, hosts, metricsFrom, console, log, tracing, cluster");
            };
        }
        return config;
    }

    private PresenceSettings presence(Node node, PresenceSettings base) throws ConfigException {
        PresenceSettings presence = base;
        for (Map.Entry<ScalarNode, Node> setting : members(node).entrySet()) {
            Node value = setting.getValue();
            presence = switch (setting.getKey().getValue()) {
                case "intervalAbove" -> new PresenceSettings(number(value, 0, 1_000_000), presence.interval());
                case "intervalSeconds" ->
                    new PresenceSettings(presence.intervalAbove(), Duration.ofSeconds(number(value, 1, 3_600)));
                default -> throw unknown(setting.getKey(), "intervalAbove, intervalSeconds");
            };
        }
        return presence;
    }

    private LogSettings log(Node node, LogSettings base) throws ConfigException {
        LogSettings log = base;
        for (Map.Entry<ScalarNode, Node> setting : members(node).entrySet()) {
            Node value = setting.getValue();
            log = switch (setting.getKey().getValue()) {
                case "format" -> new LogSettings(switch (text(value)) {
                    case "text" -> LogSettings.Format.TEXT;
                    case "json" -> LogSettings.Format.JSON;
                    default -> throw at(value, "expected text or json.");
                }, log.requests());
                case "requests" -> new LogSettings(log.format(), truth(value));
                default -> throw unknown(setting.getKey(), "format, requests");
            };
        }
        return log;
    }

    private Tracing.Settings tracing(Node node) throws ConfigException {
        @Nullable URI endpoint = null;
        double share = 1;
        for (Map.Entry<ScalarNode, Node> setting : members(node).entrySet()) {
            Node value = setting.getValue();
            switch (setting.getKey().getValue()) {
                case "endpoint" -> endpoint = endpoint(value);
                case "share" -> share = share(value);
                default -> throw unknown(setting.getKey(), "endpoint, share");
            }
        }
        if (endpoint == null) {
            throw at(node, "`tracing` needs an `endpoint` that takes OTLP, such as http://127.0.0.1:4318/v1/traces.");
        }
        return new Tracing.Settings(endpoint, share);
    }

    private ClusterSettings cluster(Node node) throws ConfigException {
        @Nullable String name = null;
        @Nullable String bootstrapServers = null;
        String topic = ClusterSettings.USUAL_TOPIC;
        ClusterSettings.Reads reads = ClusterSettings.Reads.LINEARIZABLE;
        @Nullable URI advertisedAddress = null;
        @Nullable Secret secret = null;
        Map<String, String> kafka = Map.of();
        for (Map.Entry<ScalarNode, Node> setting : members(node).entrySet()) {
            Node value = setting.getValue();
            switch (setting.getKey().getValue()) {
                case "node" -> name = nodeName(value);
                case "bootstrapServers" -> bootstrapServers = given(value, "the brokers to ask first");
                case "topic" -> topic = good(value, ClusterSettings::topicProblem);
                case "reads" -> reads = switch (text(value)) {
                    case "linearizable" -> ClusterSettings.Reads.LINEARIZABLE;
                    case "local" -> ClusterSettings.Reads.LOCAL;
                    default -> throw at(value, "expected linearizable or local.");
                };
                case "advertisedAddress" -> advertisedAddress = advertisedAddress(value);
                case "secret" -> secret = clusterSecret(value);
                case "kafka" -> kafka = kafka(value);
                default -> throw unknown(setting.getKey(),
                        "node, bootstrapServers, topic, reads, advertisedAddress, secret, kafka");
            }
        }
        if (name == null || bootstrapServers == null) {
            throw at(node, "`cluster` needs `node`, a name that no other node has, and `bootstrapServers`, such as"
                    + " kafka-1:9092,kafka-2:9092.");
        }
        return new ClusterSettings(name, bootstrapServers, topic, reads, advertisedAddress, secret, kafka);
    }

    private String nodeName(Node node) throws ConfigException {
        String name = given(node, "the name of the node");
        check(node, ClusterSettings.nameProblem(name));
        return name;
    }

    private Secret clusterSecret(Node node) throws ConfigException {
        String text = given(node, "the secret of the cluster");
        if (text.length() < LEAST_SECRET) {
            throw at(node, "the secret of the cluster is too short: it needs " + LEAST_SECRET
                    + " characters, such as `openssl rand -hex 32` makes.");
        }
        return new Secret(text);
    }

    private URI advertisedAddress(Node node) throws ConfigException {
        String text = given(node, "the address of the node");
        URI address = ClusterSettings.address(text);
        if (address == null) {
            throw at(node,
                    "`" + text + "` is no address of a node: expected something like https://node-a:8080.");
        }
        return address;
    }

    /** Settings of Kafka's clients. Those that the log depends on can't be changed. */
    private Map<String, String> kafka(Node node) throws ConfigException {
        Map<String, String> settings = new HashMap<>();
        for (Map.Entry<ScalarNode, Node> setting : members(node).entrySet()) {
            String name = setting.getKey().getValue();
            if (!KafkaSettings.isOfSecurity(name)) {
                throw at(setting.getKey(),
                        "`" + name + "` can't be set here: only what Kafka's clients have about security"
                                + " (security.protocol, ssl.*, sasl.*).");
            }
            settings.put(name, given(setting.getValue(), "the value"));
        }
        return settings;
    }

    private URI endpoint(Node node) throws ConfigException {
        URI endpoint = Tracing.endpoint(text(node));
        if (endpoint == null) {
            throw at(node,
                    "`" + text(node) + "` is no endpoint: expected something like http://127.0.0.1:4318/v1/traces.");
        }
        return endpoint;
    }

    private double share(Node node) throws ConfigException {
        try {
            double share = Double.parseDouble(text(node));
            if (share >= 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw at(node, "expected a number from 0 to 1.");
    }

    private TlsFiles tls(Node node) throws ConfigException {
        @Nullable Path certificate = null;
        @Nullable Path key = null;
        for (Map.Entry<ScalarNode, Node> setting : members(node).entrySet()) {
            Path path = path(setting.getValue());
            switch (setting.getKey().getValue()) {
                case "certificate" -> certificate = path;
                case "key" -> key = path;
                default -> throw unknown(setting.getKey(), "certificate, key");
            }
        }
        if (certificate == null || key == null) {
            throw at(node, "`tls` needs `certificate` and `key`, each the path of a PEM file.");
        }
        return new TlsFiles(certificate, key);
    }

    private Map<Limit, Long> limits(Node node) throws ConfigException {
        Map<Limit, Long> limits = new EnumMap<>(Limit.class);
        for (Map.Entry<ScalarNode, Node> setting : members(node).entrySet()) {
            Limit limit = limit(setting.getKey());
            limits.put(limit, number(setting.getValue(), limit.least(), limit.most()));
        }
        return limits;
    }

    private Limit limit(ScalarNode name) throws ConfigException {
        for (Limit limit : Limit.values()) {
            if (limit.setting().equals(name.getValue())) {
                return limit;
            }
        }
        throw unknown(name, Stream.of(Limit.values()).map(Limit::setting).collect(Collectors.joining(", ")));
    }

    private List<AddressRange> ranges(Node node, Function<AddressRange, @Nullable String> rule)
            throws ConfigException {
        List<AddressRange> ranges = new ArrayList<>();
        for (Node entry : entries(node)) {
            AddressRange range = AddressRange.parse(text(entry));
            if (range == null) {
                throw at(entry,
                        "`" + text(entry) + "` is no address or range of addresses, such as 10.0.0.0/8 or ::1.");
            }
            String problem = rule.apply(range);
            check(entry, problem == null ? null : "`" + text(entry) + "` " + problem);
            ranges.add(range);
        }
        return ranges;
    }

    private List<String> hosts(Node node) throws ConfigException {
        List<String> hosts = new ArrayList<>();
        for (Node entry : entries(node)) {
            hosts.add(good(entry, ConfigRules::hostName));
        }
        return hosts;
    }

    private List<Keyset> keysets(Node node) throws ConfigException {
        if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
            throw at(node, "`keysets` must be a list with at least one entry; leave it out to let every key work.");
        }
        List<Keyset> keysets = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Node entry : sequence.getValue()) {
            Keyset keyset = keyset(entry);
            if (!names.add(keyset.subscribeKey())) {
                throw at(entry,
                        "the subscribe key " + keyset.subscribeKey() + " is there twice; each names one keyset.");
            }
            keysets.add(keyset);
        }
        return keysets;
    }

    private Keyset keyset(Node node) throws ConfigException {
        @Nullable String subscribeKey = null;
        @Nullable String publishKey = null;
        @Nullable Node secretNode = null;
        boolean accessManager = false;
        boolean strictParents = false;
        @Nullable Duration retention = null;
        int requestsPerSecond = 0;
        List<String> corsOrigins = List.of();
        for (Map.Entry<ScalarNode, Node> setting : members(node).entrySet()) {
            Node value = setting.getValue();
            switch (setting.getKey().getValue()) {
                case "subscribeKey" -> subscribeKey = text(value);
                case "publishKey" -> publishKey = text(value);
                case "secretKey" -> secretNode = value;
                case "accessManager" -> accessManager = truth(value);
                case "strictParents" -> strictParents = truth(value);
                case "retentionDays" -> retention = Duration.ofDays(number(value, 1, 36_500));
                case "requestsPerSecond" -> requestsPerSecond = number(value, 0, 10_000_000);
                case "corsOrigins" -> corsOrigins = origins(value);
                default -> throw unknown(setting.getKey(), "subscribeKey, publishKey, secretKey, accessManager, "
                        + "strictParents, retentionDays, requestsPerSecond, corsOrigins");
            }
        }
        if (subscribeKey == null || publishKey == null) {
            throw at(node, "a keyset needs `subscribeKey` and `publishKey`.");
        }
        if (!Keysets.isName(subscribeKey) || !Keysets.isName(publishKey)) {
            throw at(node, "a subscribe key and a publish key have 1 to 255 bytes.");
        }
        Secret secretKey = secretNode == null ? null : secretKey(secretNode, List.of(subscribeKey, publishKey));
        if (accessManager && secretKey == null) {
            throw at(node, "`accessManager` needs a `secretKey`: with none, nobody could grant anything.");
        }
        return new Keyset(subscribeKey, publishKey, secretKey, accessManager,
                new Keyset.Policy(strictParents, retention, requestsPerSecond, corsOrigins));
    }

    private Secret secretKey(Node node, List<String> otherKeys) throws ConfigException {
        String secret = given(node, "the secret key");
        check(node, ConfigRules.secretKey(secret, otherKeys));
        return new Secret(secret);
    }

    /** A text, or where to find it: {@code {file: …}} or {@code {env: …}}. It may be a secret, and is part of no message here. */
    private String given(Node node, String what) throws ConfigException {
        if (!(node instanceof MappingNode)) {
            return text(node);
        }
        if (members(node).size() > 1) {
            throw at(node, what + " is said to be in several places: keep one of "
                    + members(node).keySet().stream().map(ScalarNode::getValue).collect(Collectors.joining(" and "))
                    + ".");
        }
        @Nullable String given = null;
        for (Map.Entry<ScalarNode, Node> place : members(node).entrySet()) {
            String name = text(place.getValue());
            given = switch (place.getKey().getValue()) {
                case "file" -> textIn(place.getValue(), path(place.getValue()));
                case "env" -> variable(place.getValue(), name);
                default -> throw unknown(place.getKey(), "file, env");
            };
            if (given == null || given.isBlank()) {
                throw at(place.getValue(), place.getKey().getValue().equals("env")
                        ? "the environment variable " + name + " is not set: export it before the start."
                        : "the file " + name + " is empty: put " + what + " into it.");
            }
        }
        if (given == null) {
            throw at(node, "expected a text, `file: PATH` or `env: NAME`.");
        }
        return given;
    }

    private @Nullable String variable(Node node, String name) throws ConfigException {
        String value = environment.apply(name);
        if (value != null && value.indexOf('\uFFFD') >= 0) {
            throw at(node,
                    "the environment variable " + name + " is not ASCII, which this locale can't read: set one of "
                            + "UTF-8, such as LC_ALL=C.UTF-8.");
        }
        return value == null ? null : value.strip();
    }

    private String textIn(Node node, Path path) throws ConfigException {
        try {
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw at(node, "can't read the file " + path + " (" + (Files.exists(path)
                    ? "is it readable for this user?"
                    : "there is no such file") + ").");
        }
    }

    private List<String> origins(Node node) throws ConfigException {
        List<String> origins = new ArrayList<>();
        for (Node entry : entries(node)) {
            origins.add(good(entry, ConfigRules::origin));
        }
        return origins;
    }
}
