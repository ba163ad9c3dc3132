package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.acceptance.DeploySchemas;
import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.Markdown;
import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.ServerProcess.Launch;
import dev.manicule.acceptance.Signing;
import dev.manicule.acceptance.Wire;
import dev.manicule.acceptance.faults.Needs;
import dev.manicule.brokers.KafkaBrokers;
import dev.manicule.server.Manicule;
import java.io.IOException;
import java.io.StringReader;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The files in {@code deploy/} that a cluster is deployed by. There is no Docker and no Kubernetes here: the files are held against the schemas of
 * both, and what they say is done in processes: their brokers' settings, their commands, their environment, their load balancer.
 */
@Timeout(300)
class DeployedFilesTest {
    private static final Path DEPLOY = Folders.checkout().resolve("deploy");
    private static final Path FILES = DEPLOY.resolve("cluster");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFIGURATION = "/etc/manicule/manicule.yaml";
    private static final String SECRET = "c41d7fe0b25a93688e1fd4607ab3952c";
    private static final Signing SIGNING = new Signing("pub-c-1", SECRET);
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\w+:\\?[^}]*}");

    @TempDir
    private Path folder;

    // --- schemas

    @ParameterizedTest
    @CsvSource({"1.31.0", "1.37.0"})
    void manifestsMatchTheKubernetesSchema(String version) throws Exception {
        assertThat(DeploySchemas.kubernetes(FILES.resolve("kubernetes.yaml"), version)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"readinessProbe: | readynessProbe: | readynessProbe",
            "maxUnavailable: 1 | maxUnavailable: [] | maxUnavailable", "serviceName: | service: | service",
            "replicas: 3 | replicas: three | three"})
    void kubernetesSchemaRejectsMistakes(String good, String bad, String words) throws Exception {
        assertThat(DeploySchemas.kubernetes(changed("kubernetes.yaml", good, bad), "1.37.0")).contains(words);
    }

    @Test
    void composeFileMatchesItsSchema() throws Exception {
        assertThat(DeploySchemas.compose(FILES.resolve("compose.yaml"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"read_only: true | readonly: true | readonly",
            "condition: service_healthy | condition: healthy | depends_on", "retries: 60 | retries: [] | retries"})
    void composeSchemaRejectsMistakes(String good, String bad, String words) throws Exception {
        assertThat(DeploySchemas.compose(changed("compose.yaml", good, bad))).contains(words);
    }

    private Path changed(String file, String good, String bad) throws IOException {
        String text = Files.readString(FILES.resolve(file));
        assertThat(text).contains(good);
        return Files.writeString(folder.resolve(file), text.replace(good, bad));
    }

    @Test
    void systemdKnowsTheUnitOfANode() throws Exception {
        Needs.program("systemd-analyze");
        assertThat(unit("")).isEmpty();
        assertThat(unit("Retsart=always\n")).contains("Retsart");
    }

    /** What systemd finds fault with in the unit of the package with the part that makes it a node's. */
    private String unit(String more) throws Exception {
        String unit = Files.readString(Folders.checkout().resolve("dist/src/systemd/manicule.service"));
        Files.writeString(folder.resolve("manicule.service"), unit.replace("/usr/bin/manicule", "/bin/true"));
        Path part = Files.createDirectories(folder.resolve("manicule.service.d")).resolve("cluster.conf");
        Files.writeString(part, Files.readString(DEPLOY.resolve("systemd/manicule.service.d/cluster.conf")) + more);
        ProcessBuilder builder = new ProcessBuilder("systemd-analyze", "verify", "--man=no", "manicule.service")
                .redirectErrorStream(true);
        builder.environment().put("SYSTEMD_UNIT_PATH", folder + ":");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    // --- what schemas don't see

    private static List<JsonNode> documents(String file) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        for (Object each : new Yaml(new SafeConstructor(new LoaderOptions()))
                .loadAll(Files.readString(FILES.resolve(file)))) {
            documents.add(JSON.valueToTree(each));
        }
        return documents;
    }

    private static JsonNode composed() throws IOException {
        return documents("compose.yaml").getFirst();
    }

    private static JsonNode manifest(String kind, String name) throws IOException {
        return documents("kubernetes.yaml").stream()
                .filter(each -> each.get("kind").asText().equals(kind)
                        && each.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    private static List<String> words(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }

    @Test
    void everyNameInTheManifestsExists() throws Exception {
        String text = Files.readString(FILES.resolve("kubernetes.yaml"));
        JsonNode config = manifest("ConfigMap", "manicule");
        Set<String> secrets = new HashSet<>();
        Matcher literal = Pattern.compile("--from-literal=([a-z-]+)=").matcher(text);
        while (literal.find()) {
            secrets.add(literal.group(1));
        }
        JsonNode set = manifest("StatefulSet", "manicule");
        for (JsonNode workload : List.of(set, manifest("Job", "manicule-topic"))) {
            JsonNode pod = workload.at("/spec/template/spec");
            JsonNode container = pod.at("/containers/0");
            assertThat(container.get("image").asText()).isEqualTo("manicule:" + Manicule.version());
            for (JsonNode variable : container.get("env")) {
                JsonNode ofConfig = variable.at("/valueFrom/configMapKeyRef");
                JsonNode ofSecret = variable.at("/valueFrom/secretKeyRef");
                assertThat(ofConfig.isMissingNode() || config.get("data").has(ofConfig.get("key").asText()))
                        .as("%s", variable)
                        .isTrue();
                assertThat(ofSecret.isMissingNode() || secrets.contains(ofSecret.get("key").asText()))
                        .as("%s", variable)
                        .isTrue();
            }
            Set<String> volumes = new HashSet<>();
            pod.get("volumes").forEach(volume -> volumes.add(volume.get("name").asText()));
            workload.at("/spec/volumeClaimTemplates")
                    .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
            container.get("volumeMounts").forEach(mount -> assertThat(volumes).contains(mount.get("name").asText()));
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(65_532);
        }
        JsonNode labels = set.at("/spec/template/metadata/labels");
        assertThat(set.at("/spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(manifest("PodDisruptionBudget", "manicule").at("/spec/selector/matchLabels")).isEqualTo(labels);
        set.at("/spec/template/spec/topologySpreadConstraints")
                .forEach(each -> assertThat(each.at("/labelSelector/matchLabels")).isEqualTo(labels));
        assertThat(manifest("Job", "manicule-topic").at("/spec/template/metadata/labels")).isNotEqualTo(labels);
        JsonNode node = set.at("/spec/template/spec/containers/0");
        String port = node.at("/ports/0/name").asText();
        for (String service : List.of("manicule", "manicule-nodes")) {
            assertThat(manifest("Service", service).at("/spec/selector")).isEqualTo(labels);
            assertThat(manifest("Service", service).at("/spec/ports/0/targetPort").asText()).isEqualTo(port);
        }
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(node.at("/" + probe + "/httpGet/port").asText()).isEqualTo(port);
        }
        String headless = set.at("/spec/serviceName").asText();
        assertThat(manifest("Service", headless).at("/spec/clusterIP").asText()).isEqualTo("None");
        assertThat(environment(set, "manicule-1")).containsEntry("ADDRESS",
                "http://manicule-1." + headless + ":8090");
    }

    /** The environment of a pod. */
    private static Map<String, String> environment(JsonNode workload, String pod) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : workload.at("/spec/template/spec/containers/0/env")) {
            JsonNode from = variable.path("valueFrom");
            String value = from.has("fieldRef")
                    ? pod
                    : from.has("configMapKeyRef")
                            ? manifest("ConfigMap", "manicule").get("data")
                                    .get(from.at("/configMapKeyRef/key").asText())
                                    .asText()
                            : from.has("secretKeyRef") ? SECRET : variable.get("value").asText();
            environment.put(variable.get("name").asText(), value.replace("$(NODE)", pod));
        }
        return environment;
    }

    /** The environment of a service of Compose, with a secret where it refers to one. */
    private static Map<String, String> environment(JsonNode service) {
        Map<String, String> environment = new LinkedHashMap<>();
        service.get("environment")
                .properties()
                .forEach(each -> environment.put(each.getKey(),
                        VARIABLE.matcher(each.getValue().asText()).replaceAll(SECRET)));
        return environment;
    }

    private static Map<String, String> variables(Path file) throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                variables.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
            }
        }
        return variables;
    }

    private String check(String configuration, Map<String, String> environment) throws Exception {
        Path file = Files.writeString(folder.resolve("manicule.yaml"), configuration);
        Process process = new Launch(List.of(), List.of(), environment).command("config", "check", file.toString());
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void sharedConfigurationIsValidInEachEnvironment() throws Exception {
        String configuration = Files.readString(FILES.resolve("manicule.yaml"));
        assertThat(manifest("ConfigMap", "manicule").at("/data/manicule.yaml").asText()).isEqualTo(configuration);
        Map<String, String> ofHost = variables(FILES.resolve("node.env"));
        assertThat(check(configuration, ofHost)).as("its secrets are yet to be made").contains("SECRET_KEY is not set");
        ofHost.replaceAll((name, value) -> value.isEmpty() ? SECRET : value);
        assertThat(check(configuration, ofHost)).contains("is good");
        assertThat(check(configuration, environment(manifest("StatefulSet", "manicule"), "manicule-0")))
                .contains("is good");
        assertThat(check(configuration, environment(manifest("Job", "manicule-topic"), "manicule-topic-7x2k9")))
                .contains("is good");
        for (String service : List.of("node-1", "node-2", "node-3", "topic")) {
            Map<String, String> environment = environment(composed().at("/services/" + service));
            assertThat(environment).containsEntry("NODE", service)
                    .containsEntry("ADDRESS", "http://" + service + ":8090");
            assertThat(check(configuration, environment)).contains("is good");
        }
    }

    @Test
    void composeBrokersMatchThePage() throws Exception {
        Map<String, String> common = brokerSettings();
        Properties ofPage = new Properties();
        for (Markdown.Block block : Markdown.of("docs/cluster.md").blocks()) {
            if (block.language().equals("properties")) {
                ofPage.load(new StringReader(block.content()));
            }
        }
        assertThat(ofPage).isNotEmpty();
        assertThat(common).containsAllEntriesOf(strings(ofPage));
        List<String> voters = new ArrayList<>();
        List<String> bootstrap = new ArrayList<>();
        composed().get("services").properties().forEach(service -> {
            JsonNode environment = service.getValue().path("environment");
            if (environment.has("KAFKA_NODE_ID")) {
                voters.add(environment.get("KAFKA_NODE_ID").asText() + "@" + service.getKey() + ":9093");
                bootstrap.add(service.getKey() + ":9092");
                assertThat(environment.get("KAFKA_ADVERTISED_LISTENERS").asText())
                        .isEqualTo("PLAINTEXT://" + service.getKey() + ":9092");
            }
        });
        assertThat(common).containsEntry("controller.quorum.voters", String.join(",", voters));
        assertThat(environment(composed().at("/services/node-1"))).containsEntry("BOOTSTRAP_SERVERS",
                String.join(",", bootstrap));
    }

    private static Map<String, String> strings(Properties properties) {
        Map<String, String> strings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> strings.put(name, properties.getProperty(name)));
        return strings;
    }

    /** As the image makes them of its environment. */
    private static Map<String, String> brokerSettings() throws IOException {
        Map<String, String> settings = new HashMap<>();
        variables(FILES.resolve("kafka.env")).forEach((name, value) -> {
            if (name.startsWith("KAFKA_")) {
                settings.put(name.substring("KAFKA_".length()).toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return settings;
    }

    // --- the cluster of compose.yaml, in processes

    /** The command of a service, with files of this machine. */
    private List<String> command(JsonNode service, String name) {
        return words(service.get("command")).stream()
                .map(word -> word.replace(CONFIGURATION, FILES.resolve("manicule.yaml").toString())
                        .replace("/data/manicule", folder.resolve(name).toString()))
                .toList();
    }

    @Test
    void composedClusterRuns() throws Exception {
        Needs.program("haproxy");
        JsonNode services = composed().get("services");
        assertThat(words(manifest("StatefulSet", "manicule").at("/spec/template/spec/containers/0/args")))
                .as("Kubernetes runs the same")
                .isEqualTo(words(services.at("/node-1/command")));
        assertThat(words(manifest("Job", "manicule-topic").at("/spec/template/spec/containers/0/args")))
                .isEqualTo(words(services.at("/topic/command")));
        Map<String, String> settings = brokerSettings();
        settings.keySet()
                .removeAll(List.of("controller.quorum.voters", "listeners", "controller.listener.names",
                        "inter.broker.listener.name", "listener.security.protocol.map", "log.dirs"));
        List<ServerProcess> nodes = new ArrayList<>();
        String balancing = Files.readString(FILES.resolve("haproxy.cfg"))
                .replace("maxconn 40000",
                        "maxconn 400\n    stats socket " + folder.resolve("haproxy.socket") + " level user");
        Process balancer = null;
        try (KafkaBrokers brokers = KafkaBrokers.start(3, folder.resolve("brokers"), settings)) {
            Map<String, String> environment = environment(services.get("topic"));
            environment.put("BOOTSTRAP_SERVERS", brokers.bootstrapServers());
            Launch topic = new Launch(List.of(), List.of(), environment);
            for (String words : List.of("is made, with 3 replicas", "is there already")) {
                Process made = topic.command(command(services.get("topic"), "topic").toArray(String[]::new));
                assertThat(new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains(words);
                assertThat(made.waitFor()).isZero();
            }
            for (String name : List.of("node-1", "node-2", "node-3")) {
                int port = ServerProcess.freePort();
                environment = environment(services.get(name));
                environment.put("BOOTSTRAP_SERVERS", brokers.bootstrapServers());
                environment.put("ADDRESS", "http://127.0.0.1:" + port);
                List<String> command = new ArrayList<>(command(services.get(name), name));
                assertThat(command.removeFirst()).isEqualTo("serve");
                command.addAll(List.of("--host", "127.0.0.1", "--port", "" + port));
                nodes.add(new Launch(List.of(), List.of(), environment).serve(command.toArray(String[]::new)));
                assertThat(balancing).contains(name + ":8090");
                balancing = balancing.replace(name + ":8090", "127.0.0.1:" + port);
            }
            for (ServerProcess node : nodes) { // one that is not is taken out for some seconds
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> node.wire().get("/health/ready").status() == 200);
            }
            int port = ServerProcess.freePort();
            Path file = Files.writeString(folder.resolve("haproxy.cfg"),
                    balancing.replace("bind :8090", "bind 127.0.0.1:" + port));
            balancer = new ProcessBuilder("haproxy", "-db", "-f", file.toString()).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("haproxy.log").toFile())
                    .start();
            Wire wire = new Wire(port);
            await().ignoreExceptions().until(() -> wire.get("/health/ready").status() == 200);
            awaitUp("node-1", "node-2", "node-3");
            publishAndRead(wire);
            nodes.getFirst().kill();
            awaitUp("node-2", "node-3");
            publishAndRead(wire);
            awaitUp("node-3"); // it is the last one
            assertThat(nodes.get(1).terminate()).isZero();
            publishAndRead(wire);
            nodes.getLast().kill();
            await().atMost(Duration.ofSeconds(30)).until(() -> wire.get("/health/ready").status() == 503);
        } finally {
            nodes.forEach(ServerProcess::close);
            if (balancer != null) {
                balancer.destroyForcibly().waitFor();
            }
        }
    }

    /** Waits until the load balancer takes nodes for ready, which it does two checks after they are. */
    private void awaitUp(String... nodes) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(up()).contains(nodes));
    }

    /** The nodes that the load balancer takes for ready. */
    private List<String> up() throws IOException {
        return stats().lines()
                .filter(row -> row.startsWith("nodes,") && row.contains(",UP,"))
                .map(row -> row.substring("nodes,".length(), row.indexOf(',', "nodes,".length())))
                .toList();
    }

    /** A row for each node, as the load balancer sees it. */
    private String stats() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("haproxy.socket")))) {
            channel.write(StandardCharsets.US_ASCII.encode("show stat\n"));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** What the load balancer says of the nodes, and has said. */
    private String view() throws IOException {
        return stats() + Files.readString(folder.resolve("haproxy.log"));
    }

    /** Whichever nodes get the requests, each is answered, and each read shows the write before. */
    private void publishAndRead(Wire wire) {
        for (int i = 0; i < 20; i++) {
            Wire.Answer _ = answered(wire, "/publish/pub-c-1/sub-c-1/0/chats/0/" + i + "?uuid=ann");
            Wire.Answer read = answered(wire, "/v2/history/sub-key/sub-c-1/channel/chats?count=1");
            assertThat(read.body()).startsWith("[[" + i + "],");
        }
    }

    /**
     * A good response. As every client does, it asks again while the load balancer knows no node that is ready: on a busy
     * machine that happens to the last one.
     */
    private Wire.Answer answered(Wire wire, String path) {
        Wire.Answer[] answer = new Wire.Answer[1];
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            answer[0] = wire.get(SIGNING.sign("GET", path, ""));
            assertThat(answer[0].status()).as("%s%n%s", answer[0].body(), view()).isEqualTo(200);
        });
        return answer[0];
    }
}
