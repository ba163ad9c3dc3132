package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.server.Manicule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files in {@code deploy/container}, by schemas and against each other. What they say runs in the tests of {@code dist}. */
@Timeout(300)
class ContainerFilesTest {
    private static final Path FILES = Folders.checkout().resolve("deploy/container");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"1.31.0", "1.37.0"})
    void manifestsMatchTheKubernetesSchema(String version) throws Exception {
        assertThat(DeploySchemas.kubernetes(FILES.resolve("kubernetes.yaml"), version)).isEmpty();
        assertThat(DeploySchemas.kubernetes(changed("kubernetes.yaml", "defaultMode: 0440", "mode: 0440"), version))
                .contains("mode");
    }

    @Test
    void composeFileMatchesItsSchema() throws Exception {
        assertThat(DeploySchemas.compose(FILES.resolve("compose.yaml"))).isEmpty();
        assertThat(DeploySchemas.compose(changed("compose.yaml", "profiles: [backup]", "profile: backup")))
                .contains("profile");
    }

    private Path changed(String file, String good, String bad) throws IOException {
        String text = Files.readString(FILES.resolve(file));
        assertThat(text).contains(good);
        return Files.writeString(folder.resolve(file), text.replace(good, bad));
    }

    private static List<JsonNode> documents(String file) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        for (Object each : new Yaml(new SafeConstructor(new LoaderOptions()))
                .loadAll(Files.readString(FILES.resolve(file)))) {
            documents.add(JSON.valueToTree(each));
        }
        return documents;
    }

    private static JsonNode manifest(String kind) throws IOException {
        return documents("kubernetes.yaml").stream()
                .filter(each -> each.get("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind));
    }

    private static List<String> words(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }

    @Test
    void bothShareOneValidConfiguration() throws Exception {
        String configuration = Files.readString(FILES.resolve("manicule.yaml"));
        assertThat(manifest("ConfigMap").at("/data/manicule.yaml").asText()).isEqualTo(configuration);
        Path secret = Files.writeString(folder.resolve("secret-key"), "c41d7fe0b25a93688e1fd4607ab3952c");
        assertThat(configuration).contains("/run/secrets/secret-key");
        Path file = Files.writeString(folder.resolve("manicule.yaml"),
                configuration.replace("/run/secrets/secret-key", secret.toString()));
        Process process = ServerProcess.command("config", "check", file.toString());
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains("is good");
    }

    @Test
    void bothRunTheSameCommandWithTheSameLimits() throws Exception {
        JsonNode services = documents("compose.yaml").getFirst().get("services");
        JsonNode service = services.get("manicule");
        JsonNode pod = manifest("StatefulSet").at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");
        assertThat(words(container.get("args"))).isEqualTo(words(service.get("command")));
        for (JsonNode image : List.of(service.get("image"), services.at("/backup/image"), container.get("image"))) {
            assertThat(image.asText()).isEqualTo("manicule:" + Manicule.version());
        }
        String options = service.at("/environment/JDK_JAVA_OPTIONS").asText();
        assertThat(container.at("/env/0/value").asText()).isEqualTo(options).contains("MaxRAMPercentage");
        assertThat(service.get("mem_limit").asText()).isEqualTo("2g");
        assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("2Gi");
        for (JsonNode each : List.of(service, services.get("backup"))) {
            assertThat(each.get("read_only").asBoolean()).isTrue();
            assertThat(words(each.get("cap_drop"))).containsExactly("ALL");
            assertThat(words(each.get("security_opt"))).containsExactly("no-new-privileges:true");
        }
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(65_532);
        assertThat(pod.at("/terminationGracePeriodSeconds").asInt())
                .isGreaterThanOrEqualTo(30 + container.at("/lifecycle/preStop/sleep/seconds").asInt());
    }

    @Test
    void everyReferencedNameExists() throws Exception {
        JsonNode compose = documents("compose.yaml").getFirst();
        JsonNode service = compose.at("/services/manicule");
        for (String kind : List.of("configs", "secrets")) {
            String source = service.at("/" + kind + "/0/source").asText();
            assertThat(compose.get(kind).has(source)).as(source).isTrue();
        }
        assertThat(service.at("/secrets/0/target").asText()).isEqualTo("/run/secrets/secret-key");
        JsonNode set = manifest("StatefulSet");
        JsonNode pod = set.at("/spec/template/spec");
        Set<String> volumes = new HashSet<>();
        pod.get("volumes").forEach(volume -> volumes.add(volume.get("name").asText()));
        set.at("/spec/volumeClaimTemplates").forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
        pod.at("/containers/0/volumeMounts").forEach(mount -> assertThat(volumes).contains(mount.get("name").asText()));
        JsonNode labels = set.at("/spec/template/metadata/labels");
        assertThat(set.at("/spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(manifest("Service").at("/spec/selector")).isEqualTo(labels);
        assertThat(set.at("/spec/serviceName")).isEqualTo(manifest("Service").at("/metadata/name"));
        assertThat(Files.readString(FILES.resolve("kubernetes.yaml"))).contains("--from-literal=secret-key=");
    }
}
