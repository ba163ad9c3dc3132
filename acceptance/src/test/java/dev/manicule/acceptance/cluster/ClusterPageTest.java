package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.Markdown;
import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.Markdown.Block;
import dev.manicule.brokers.KafkaBrokers;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Does what docs/cluster.md says, with real brokers; only the brokers' addresses and the ports are others. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // the launcher may have to build first
class ClusterPageTest {
    private final Map<String, String> replaced = new LinkedHashMap<>();
    private final List<String> shownTimetokens = new ArrayList<>();
    private final List<String> saidTimetokens = new ArrayList<>();

    @Test
    void pageStepsStartThreeNodes() throws Exception {
        Path folder = Folders.temporary();
        Files.createSymbolicLink(folder.resolve("manicule"), Folders.checkout().resolve("manicule"));
        try (KafkaBrokers brokers = KafkaBrokers.start(3, folder.resolve("brokers"))) {
            replaced.put("kafka-1:9092,kafka-2:9092,kafka-3:9092", brokers.bootstrapServers());
            for (int port = 8090; port <= 8095; port++) {
                replaced.put(String.valueOf(port), String.valueOf(ServerProcess.freePort()));
            }
            for (Block block : Markdown.of("docs/cluster.md").blocks()) {
                String content = here(block.content());
                switch (block.language()) {
                    case "yaml" ->
                        Files.writeString(folder.resolve(content.lines().findFirst().orElseThrow().substring(2)),
                                content);
                    case "sh" -> assertThat(Markdown.withoutTimetokens(run(folder, content), saidTimetokens))
                            .isEqualTo(Markdown.withoutTimetokens(here(block.shown()), shownTimetokens));
                    case "properties" -> assertThat(properties(
                            Files.readString(folder.resolve("brokers/broker-0/server.properties"))))
                            .as("the brokers of the tests have them")
                            .containsAllEntriesOf(properties(content));
                    default -> assertThat(block.language()).as("this is run too").isEqualTo("text");
                }
            }
        } finally {
            endNodes(folder);
            Files.delete(folder.resolve("manicule"));
            Folders.delete(folder);
        }
    }

    private static Properties properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }

    private String here(String text) {
        String changed = text;
        for (Map.Entry<String, String> each : replaced.entrySet()) {
            changed = changed.replace(each.getKey(), each.getValue());
        }
        return changed;
    }

    private static String run(Path folder, String commands) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", commands).directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    /** The launcher becomes the server, so that the numbers are those of the servers. */
    private static void endNodes(Path folder) throws IOException {
        if (Files.exists(folder.resolve("pids"))) {
            for (String pid : Files.readAllLines(folder.resolve("pids"))) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> {
                    process.destroyForcibly();
                    ProcessHandle _ = process.onExit().join();
                });
            }
        }
    }
}
