package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.ServerProcess.Ended;
import dev.manicule.acceptance.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the data folder of a node without the node, and without the topic. */
@Timeout(300)
class DataOfANodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int START_AGAIN = 75;

    private static Ended command(String... arguments) throws IOException, InterruptedException {
        return Ended.of(ServerProcess.command(arguments));
    }

    private static String done(String... arguments) throws IOException, InterruptedException {
        Ended ended = command(arguments);
        assertThat(ended.code()).as(ended.words()).isZero();
        return ended.words();
    }

    private static String refused(String... arguments) throws IOException, InterruptedException {
        Ended ended = command(arguments);
        assertThat(ended.code()).as(ended.words()).isNotZero();
        return ended.words();
    }

    private static String history(Wire wire) {
        return wire.get("/v2/history/sub-key/demo/channel/room").json().get(0).toString();
    }

    @Test
    void commandsReadTheFolderOfANodeThatWasKilled() throws Exception {
        try (Cluster cluster = Cluster.start(1, 1, "")) {
            cluster.wire(0).publish("room", "1");
            assertThat(cluster.node(0).terminate()).isZero(); // has the tables be on the disk
            cluster.startNode(0);
            long last = cluster.wire(0).publish("room", "2");
            cluster.node(0).kill();
            String data = cluster.data(0).toString();
            String configuration = cluster.configuration(0).toString();
            String copy = cluster.folder().resolve("copy").toString();
            String lines = cluster.folder().resolve("lines").toString();

            assertThat(done("check", "--data", data)).contains("a node of a cluster, and of no clean stop",
                    "all is well");
            assertThat(done("backup", "--data", data, copy)).contains("a node of a cluster, and of no clean stop");
            done("export", "--data", data, lines);
            assertThat(refused("newlog", "--data", data)).contains("may have what the tables have not",
                    "Start the node, and stop it");
            assertThat(refused("import", "--data", data, lines)).contains("section `cluster`");
            assertThat(refused("serve", "--data", data, "--port", "0")).contains("section `cluster`", "newlog");
            assertThat(refused("cluster", "adopt", "--config", configuration)).contains("of this cluster already");

            cluster.startNode(0);
            assertThat(history(cluster.wire(0))).as("nothing was done to it").isEqualTo("[1,2]");
            int restored = cluster.addNode();
            done("restore", "--data", cluster.data(restored).toString(), copy);
            done("check", "--data", cluster.data(restored).toString());
            cluster.startNode(restored);
            assertThat(history(cluster.wire(restored))).as("a copy has its place in the log").isEqualTo("[1,2]");
            assertThat(cluster.wire(restored).publish("room", "3")).isGreaterThan(last);
            String own = cluster.folder().resolve("own").toString();
            done("restore", "--data", own, copy);
            try (ServerProcess server = ServerProcess.Launch.PLAIN.serve("--data", own, "--port", "0")) {
                assertThat(history(new Wire(server.port()))).as("or is that of a server of its own").isEqualTo("[1]");
                assertThat(server.terminate()).isZero();
            }
            assertThat(done("check", "--data", own)).contains("all is well").doesNotContain("cluster");
        }
    }

    @Test
    void replacedTopicStopsNodesAndTheirDataSeedsACluster() throws Exception {
        try (Cluster cluster = Cluster.start(1, 2, "")) {
            cluster.wire(0).publish("room", "1");
            await().atMost(PATIENCE).until(() -> history(cluster.wire(1)).equals("[1]"));

            cluster.replaceTopic();

            for (int node = 0; node < 2; node++) {
                assertThat(cluster.node(node).awaitEnd()).isEqualTo(START_AGAIN);
                assertThat(cluster.node(node).lines()).anySatisfy(
                        line -> assertThat(line).contains("ERROR", "was deleted, and another one was made"));
            }
            assertThatThrownBy(() -> cluster.startNode(0)).hasMessageContaining("follows another log")
                    .hasMessageContaining("manicule newlog");
            Path configuration = cluster.configuration(0);
            Files.writeString(configuration,
                    Files.readString(configuration).replace("topic: manicule", "topic: another"));
            done("newlog", "--data", cluster.data(0).toString());
            done("cluster", "create-topic", "--replicas", "1", "--config", configuration.toString());
            done("cluster", "adopt", "--config", configuration.toString());
            cluster.startNode(0);
            assertThat(history(cluster.wire(0))).isEqualTo("[1]");
        }
    }
}
