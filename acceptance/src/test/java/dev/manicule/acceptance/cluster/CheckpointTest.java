package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.ServerProcess.Ended;
import dev.manicule.acceptance.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that come to a cluster whose topic does not have all that they lack: new ones, and ones that were away for too long. */
@Timeout(300)
class CheckpointTest {
    private static final String HISTORY = "/v3/history/sub-key/demo/channel/";
    private static final String ACTIONS = "/v1/message-actions/demo/channel/old";

    private Cluster cluster;
    private long first;

    @BeforeEach
    void start() throws Exception {
        cluster = Cluster.startWithSecret(1, 3, "what all nodes know");
        first = cluster.wire(0).publish("old", "\"first\"");
        assertThat(cluster.wire(1)
                .post(ACTIONS + "/message/" + first + "?uuid=bob", "{\"type\":\"reaction\",\"value\":\"smile\"}")
                .status()).isEqualTo(200);
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    /** Publishes so much that it comes in many parts. */
    private void fill() {
        Random random = new Random(1);
        byte[] bytes = new byte[7_000];
        for (int i = 0; i < 400; i++) {
            random.nextBytes(bytes);
            long _ = cluster.wire(0).publish("full", "\"" + HexFormat.of().formatHex(bytes) + "\"");
        }
    }

    private void assertHasAll(int node, String last) {
        Wire wire = cluster.wire(node);
        JsonNode history = wire.get(HISTORY + "old?max=100").json().at("/channels/old");
        assertThat(history.at("/0/message").asText()).isEqualTo("first");
        assertThat(history.get(history.size() - 1).get("message").asText()).isEqualTo(last);
        assertThat(wire.get(ACTIONS).json().at("/data/0/messageTimetoken").asLong()).isEqualTo(first);
        long own = wire.publish("old", "\"by " + node + "\"");
        assertThat(cluster.wire(0).get(HISTORY + "old?max=1").json().at("/channels/old/0/timetoken").asLong())
                .isEqualTo(own);
    }

    private static Process begin(String... arguments) throws Exception {
        return ServerProcess.command(arguments);
    }

    private Ended checkpoint(int node, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("cluster", "checkpoint", "--config", cluster.configuration(node).toString()));
        arguments.addAll(List.of(more));
        return Ended.of(begin(arguments.toArray(String[]::new)));
    }

    @Test
    void newAndLateNodesFetchACheckpoint() throws Exception {
        assertThat(cluster.node(2).terminate()).isZero();
        fill();
        cluster.cutLog(0, 1);
        long _ = cluster.wire(1).publish("old", "\"second\"");

        int d = cluster.addNode();
        cluster.startNode(d);
        assertThat(cluster.node(d).lines()).anyMatch(line -> line.contains("The log begins at")
                && line.contains("is empty")).anyMatch(line -> line.contains("Fetching a checkpoint from http://"));
        assertHasAll(d, "second");

        cluster.startNode(2);
        assertThat(cluster.node(2).lines()).anyMatch(line -> line.contains("The log begins at")
                && line.contains("has the entries below"));
        assertHasAll(2, "by " + d);

        Ended status = Ended.of(begin("cluster", "status", "--config", cluster.configuration(d).toString()));
        assertThat(status.code()).as(status.words()).isZero();
        for (int node = 0; node <= d; node++) {
            assertThat(status.words()).containsPattern(
                    "node node-" + node + " at " + cluster.address(node)
                            + ": rules 2, [0-9,]+ entries applied, [0-9,]+ to go");
        }
        try (Stream<Path> entries = Files.list(cluster.data(2))) {
            assertThat(entries.map(entry -> entry.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("fetch") || name.startsWith("snapshot"));
        }
        assertThat(checkpoint(d).words()).contains("in use by another Manicule");
        assertThat(cluster.node(d).terminate()).isZero();
        Ended unneeded = checkpoint(d);
        assertThat(unneeded.code()).isEqualTo(1);
        assertThat(unneeded.words()).contains("is of use").contains("--replace");
    }

    @Test
    void killedFetchResumes() throws Exception {
        fill();
        cluster.cutLog(0, 1, 2);
        int d = cluster.addNode();
        int parts = 20;
        try (HeldProxy proxy = new HeldProxy(cluster.address(1), parts)) {
            Process fetching = begin("cluster", "checkpoint", "--config", cluster.configuration(d).toString(), "--from",
                    proxy.address());
            proxy.awaitHeld();
            int _ = fetching.destroyForcibly().waitFor();
            List<String> before = proxy.asked();
            assertThat(before).hasSize(parts);
            assertThat(Files.exists(cluster.data(d).resolve("tables"))).isFalse();
            proxy.letGo();
            Ended fetched = checkpoint(d, "--from", proxy.address());
            assertThat(fetched.code()).as(fetched.words()).isZero();
            assertThat(fetched.words()).contains("fetched a checkpoint to").contains("the entries below");
            List<String> after = proxy.asked().stream().skip(parts).distinct().toList();
            assertThat(after).hasSizeGreaterThan(parts)
                    .as("what had come is not asked for again")
                    .doesNotContainAnyElementsOf(before);
        }
        cluster.startNode(d);
        assertThat(cluster.node(d).lines()).noneMatch(line -> line.contains("checkpoint"));
        assertHasAll(d, "first");
    }

    @Test
    void checkpointRequiresTheClusterSecret() throws Exception {
        cluster.cutLog(0, 1, 2);
        int d = cluster.addNode();
        Path configuration = cluster.configuration(d);
        Files.writeString(cluster.folder().resolve("other"), "what no node knows\n");
        Files.writeString(configuration, Files.readString(configuration).replace("{file: secret}", "{file: other}"));
        Ended refused = checkpoint(d);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.words()).contains("403")
                .contains("not signed by the secret of this cluster")
                .doesNotContain("what no node knows");
        Files.writeString(configuration,
                Files.readString(configuration).replaceFirst("  secret: .*\n", ""));
        Ended without = Ended.of(begin("serve", "--config", configuration.toString()));
        assertThat(without.code()).isEqualTo(1);
        assertThat(without.words()).contains("The log begins at").contains("cluster.secret");

        assertThat(cluster.wire(0).get("/cluster/checkpoint").status()).isEqualTo(403);
        assertThat(cluster.wire(0)
                .get("/cluster/checkpoint?by=d&least=0&time=1&nonce=x&signature=" + "A".repeat(43))
                .body()).contains("not signed");
        assertThat(cluster.wire(0).get("/cluster/checkpoint/" + "0".repeat(32) + "/CURRENT").status()).isEqualTo(403);
    }

    @Test
    void outrunNodeRestartsWithACheckpoint() throws Exception {
        ServerProcess outrun = cluster.node(2);
        Cluster.pause(outrun.pid());
        fill();
        long _ = cluster.wire(1).publish("old", "\"second\"");
        cluster.cutLog(0, 1);
        Cluster.resume(outrun.pid());
        assertThat(outrun.awaitEnd()).isEqualTo(75);
        assertThat(outrun.lines()).anyMatch(line -> line.contains("away for longer than the topic keeps entries")
                && line.contains("a new start fetches a checkpoint"));
        cluster.startNode(2);
        assertHasAll(2, "second");
    }
}
