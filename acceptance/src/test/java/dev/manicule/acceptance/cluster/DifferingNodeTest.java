package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.Wire;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node whose tables are not what the log has led to elsewhere stops, and the others go on. */
@Timeout(300)
class DifferingNodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int START_AGAIN = 75;

    @Test
    void differingNodeStopsAndDoesNotRestart() throws Exception {
        try (Cluster cluster = Cluster.startWithSecret(1, 3, "what the nodes know")) {
            cluster.awaitWrites();
            Wire first = cluster.wire(0);
            long message = first.publish("room", "1");
            await().atMost(PATIENCE).until(() -> nodes(first, "same") == 3);
            assertThat(cluster.node(2).terminate()).isZero();
            change(cluster, message);
            cluster.startNode(2);
            await().atMost(PATIENCE).until(() -> nodes(first, "same") == 3);
            ServerProcess differing = cluster.node(2);

            first.add("room", message, "reaction", "x", "bob"); // which that node has already

            assertThat(differing.awaitEnd()).isEqualTo(START_AGAIN);
            assertThat(differing.lines()).anySatisfy(line -> assertThat(line).contains("ERROR",
                    "This node's tables differ from those of 2 of 2 others", "the node node-0", "below offset"));
            assertThat(cluster.data(2).resolve("differs")).isNotEmptyFile();
            // the others judge once each of them has reported, so later than the one that differs, which needs no more than two
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.node(0).lines()).anySatisfy(
                            line -> assertThat(line).contains("ERROR", "the node node-2", "so it goes on")));
            for (int node = 0; node < 2; node++) {
                assertThat(cluster.wire(node).publish("room", "2")).isPositive();
                assertThat(cluster.wire(node).get("/v1/message-actions/demo/channel/room?uuid=x").json().at("/data"))
                        .hasSize(1);
            }
            assertThatThrownBy(() -> cluster.startNode(2)).hasMessageContaining("This node's tables differ")
                    .hasMessageContaining("The folder is not used again as it is")
                    .hasMessageContaining("manicule cluster checkpoint");
            await().atMost(PATIENCE).until(() -> nodes(first, "same") == 2);

            Process fetching = ServerProcess.command("cluster", "checkpoint", "--config",
                    cluster.configuration(2).toString());
            ServerProcess.Ended ended = ServerProcess.Ended.of(fetching);
            assertThat(ended.code()).as(ended.words()).isZero();
            assertThat(cluster.data(2).resolve("differs")).doesNotExist();
            cluster.startNode(2);
            await().atMost(PATIENCE).until(() -> nodes(first, "same") == 3);
            assertThat(cluster.wire(2).add("room", message, "reaction", "y", "bob")).isPositive();
            await().atMost(PATIENCE).until(() -> nodes(first, "same") == 3);
        }
    }

    /** Has the tables of a node that is stopped have an action that nobody has added. */
    private static void change(Cluster cluster, long message) throws Exception {
        try (Ledger ledger = Ledger.open(cluster.data(2))) {
            Transaction transaction = ledger.transaction();
            assertThat(ledger.apply(new AddAction(new Channel("demo", "room"), message, "reaction", "x", "bob"),
                    ledger.lastTimetoken() + 1, transaction)).isInstanceOf(AddAction.Added.class);
            ledger.commit(transaction);
            long _ = ledger.flush();
        }
        boolean _ = Files.deleteIfExists(cluster.data(2).resolve("stopped"));
    }

    private static int nodes(Wire wire, String tables) {
        int count = 0;
        for (JsonNode node : wire.get("/health").json().at("/cluster/nodes")) {
            count += node.get("tables").asText().equals(tables) ? 1 : 0;
        }
        return count;
    }
}
