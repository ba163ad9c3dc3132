package dev.manicule.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.HereNow;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageEvent;
import dev.manicule.client.Permission;
import dev.manicule.client.PresenceEvent;
import dev.manicule.client.SubscriptionState;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What a test can do with a cluster. */
@Manicule(nodes = 3)
class ManiculeClusterTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration DEAD = Duration.ofSeconds(11);

    private static long publish(ManiculeClient client, String text) {
        return client.publish("room", text).sync().orThrow().timetoken();
    }

    private static List<String> texts(ManiculeClient client) {
        return client.history("room")
                .sync()
                .orThrow()
                .messages()
                .stream()
                .map(message -> message.message().asText())
                .toList();
    }

    private static List<String> users(ManiculeClient client) {
        HereNow.Channel room = client.hereNow("room").sync().orThrow().channels().get("room");
        return room == null ? List.of() : room.occupants().stream().map(HereNow.Occupant::uuid).sorted().toList();
    }

    /** What a client hears of a room, and when it has begun. */
    private static List<String> heard(ManiculeClient client, String channel) {
        List<String> heard = new CopyOnWriteArrayList<>();
        client.addListener(new Listener() {
            @Override
            public void message(MessageEvent message) {
                heard.add(message.message().asText());
            }

            @Override
            public void presence(PresenceEvent event) {
                heard.add(event.uuid() + " " + event.event());
            }
        });
        client.subscribe(channel);
        await().until(() -> client.subscriptionState() == SubscriptionState.CONNECTED);
        return heard;
    }

    private static HttpResponse<String> get(ManiculeNode node, String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(node.uri().resolve(path)).build(), BodyHandlers.ofString());
    }

    private static void beat(ManiculeNode node, String uuid) throws Exception {
        assertThat(get(node, "/v2/presence/sub-key/demo/channel/room/heartbeat?heartbeat=300&uuid=" + uuid)
                .statusCode()).isEqualTo(200);
    }

    @Test
    void acknowledgedWriteIsVisibleOnAllNodes(ManiculeCluster cluster) {
        List<List<String>> heard = cluster.nodes()
                .stream()
                .map(node -> heard(node.client("listener"), "room"))
                .toList();
        for (ManiculeNode node : cluster.nodes()) {
            long message = publish(node.client("alice"), node.name());
            for (ManiculeNode other : cluster.nodes()) {
                assertThat(texts(other.client("bob"))).endsWith(node.name());
                assertThat(other.client("bob")
                        .addMessageAction("room", MessageAction.of("reaction", "wave", message))
                        .sync()
                        .status()
                        .statusCode()).isEqualTo(other == cluster.node(0) ? 200 : 409);
            }
        }
        assertThat(heard).allSatisfy(one -> await()
                .untilAsserted(() -> assertThat(one).containsExactly("node-0", "node-1", "node-2")));
    }

    @Test
    void connectionsRotateThroughTheNodes(ManiculeCluster cluster) {
        List<InjectedFault> hits = cluster.nodes()
                .stream()
                .map(node -> node.inject(Fault.response(429).on("time")))
                .toList();
        for (int i = 0; i < 3; i++) {
            try (ManiculeClient client = cluster.client("client", config -> config.retries(0))) {
                assertThat(client.time().sync().status().statusCode()).isEqualTo(429);
            }
        }
        assertThat(hits).allSatisfy(hit -> assertThat(hit.hits()).isEqualTo(1));
        cluster.node(1).inject(Fault.response(429).on("time"));
        cluster.node(1).clearFaults();
        assertThat(cluster.node(1).client("alice").time().sync().status().isError()).isFalse();
        assertThat(cluster.uris()).doesNotHaveDuplicates().hasSize(3).doesNotContain(cluster.uri());
    }

    @Test
    void movedClientMissesAndDuplicatesNothing(ManiculeCluster cluster) {
        List<String> heard = heard(cluster.client("bob"), "room");
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            said.add("message " + i);
            publish(cluster.node(i % 3).client("alice"), "message " + i);
            if (i % 10 == 5) {
                cluster.moveClients();
            }
        }
        await().untilAsserted(() -> assertThat(heard).isEqualTo(said));
    }

    @Test
    void clientsContinueWhenANodeDies(ManiculeCluster cluster) {
        List<String> heard = heard(cluster.client("bob"), "room");
        List<String> said = new ArrayList<>();
        for (ManiculeNode dying : cluster.nodes()) {
            said.add("before " + dying.name());
            publish(cluster.client("alice"), "before " + dying.name());
            dying.stop();
            said.add("after " + dying.name());
            publish(cluster.client("alice"), "after " + dying.name());
            await().untilAsserted(() -> assertThat(heard).isEqualTo(said));
            dying.start();
            assertThat(texts(dying.client("carol"))).isEqualTo(said);
        }
    }

    @Test
    void deadNodeSendsNoResponseAndNoLeave(ManiculeCluster cluster) throws Exception {
        ManiculeNode dying = cluster.node(0);
        List<String> heard = heard(cluster.node(1).client("watcher"), "room-pnpres");
        HttpRequest poll = HttpRequest
                .newBuilder(dying.uri()
                        .resolve("/v2/subscribe/demo/room/0?uuid=alice&tt=" + publish(
                                dying.client("bob"), "before")))
                .build();
        CompletableFuture<HttpResponse<String>> answer = HTTP.sendAsync(poll, BodyHandlers.ofString());
        await().untilAsserted(() -> assertThat(heard).containsExactly("alice join"));
        dying.stop();
        assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> get(dying, "/time/0")).isInstanceOf(ConnectException.class);
        assertThat(users(cluster.node(1).client("watcher"))).containsExactly("alice");
        assertThat(heard).hasSize(1);
        dying.start();
        assertThat(get(dying, "/time/0").statusCode()).isEqualTo(200);
    }

    @Test
    void lostResponseIsRetriedThroughAnotherNode(ManiculeCluster cluster) {
        cluster.node(0).inject(Fault.loseAnswer().on("publish"));
        ManiculeClient alice = cluster.client("alice");
        publish(alice, "once");
        cluster.node(1).inject(Fault.loseAnswer().on("publish"));
        publish(alice, "and once more");
        assertThat(texts(cluster.node(2).client("bob"))).containsExactly("once", "and once more");
    }

    @Test
    void usersOfADeadNodeTimeOutByTheClusterClock(ManiculeCluster cluster) throws Exception {
        List<String> heard = heard(cluster.node(1).client("watcher"), "room-pnpres");
        beat(cluster.node(0), "alice");
        beat(cluster.node(1), "bob");
        beat(cluster.node(2), "carol");
        await().untilAsserted(() -> assertThat(heard).hasSize(3));
        cluster.node(0).stop();
        assertThat(users(cluster.node(1).client("watcher"))).containsExactly("alice", "bob", "carol");
        cluster.advance(DEAD);
        await().untilAsserted(() -> assertThat(heard).endsWith("alice timeout"));
        assertThat(users(cluster.node(2).client("watcher"))).containsExactly("bob", "carol");
        cluster.node(0).start();
        assertThat(users(cluster.node(0).client("watcher"))).containsExactly("bob", "carol");
        assertThat(heard).hasSize(4);
    }

    @Test
    void nodesThatLiveOutliveLeapsOfTheClock(ManiculeCluster cluster) throws Exception {
        List<String> heard = heard(cluster.node(1).client("watcher"), "room-pnpres");
        beat(cluster.node(0), "alice");
        beat(cluster.node(1), "bob");
        beat(cluster.node(2), "carol");
        await().untilAsserted(() -> assertThat(heard).hasSize(3));
        for (int leap = 0; leap < 20; leap++) {
            cluster.advance(Duration.ofSeconds(12));
        }
        cluster.node(2).stop(); // when that has timed out, all leaps have been looked at
        cluster.advance(DEAD);
        await().untilAsserted(() -> assertThat(heard).endsWith("carol timeout"));
        assertThat(heard).hasSize(4);
    }

    @Test
    void cutOffNodeReturnsNoStaleData(ManiculeCluster cluster) throws Exception {
        ManiculeNode node = cluster.node(1);
        List<String> heard = heard(node.client("bob"), "room");
        publish(cluster.node(0).client("alice"), "before");
        await().untilAsserted(() -> assertThat(heard).containsExactly("before"));
        node.cutOff();
        publish(cluster.node(0).client("alice"), "missed");
        String history = "/v2/history/sub-key/demo/channel/room";
        assertThat(get(node, history).statusCode()).isEqualTo(503);
        assertThat(get(node, "/publish/demo/demo/0/room/0/1?uuid=carol").statusCode()).isEqualTo(503);
        assertThat(get(node, "/health/ready").statusCode()).isEqualTo(503);
        assertThat(get(node, "/time/0").statusCode()).isEqualTo(200);
        for (int i = 0; i < 3; i++) { // the balancer leaves it out
            try (ManiculeClient client = cluster.client("dave", config -> config.retries(0))) {
                assertThat(texts(client)).containsExactly("before", "missed");
            }
        }
        assertThat(heard).containsExactly("before");
        node.join();
        assertThat(get(node, "/health/ready").statusCode()).isEqualTo(200);
        assertThat(get(node, history).body()).startsWith("[[\"before\",\"missed\"]");
        publish(node.client("carol"), "after");
        await().untilAsserted(() -> assertThat(heard).containsExactly("before", "missed", "after"));
    }

    @Test
    void theUsersOfANodeThatIsCutOffTimeOutAndComeBack(ManiculeCluster cluster) throws Exception {
        List<String> heard = heard(cluster.node(1).client("watcher"), "room-pnpres");
        beat(cluster.node(0), "alice");
        await().untilAsserted(() -> assertThat(heard).containsExactly("alice join"));
        cluster.node(0).cutOff();
        cluster.advance(DEAD);
        await().untilAsserted(() -> assertThat(heard).containsExactly("alice join", "alice timeout"));
        cluster.node(0).join();
        await().untilAsserted(() -> assertThat(heard).containsExactly("alice join", "alice timeout", "alice join"));
    }

    @Test
    void slowNodeAppliesLater() {
        try (ManiculeCluster cluster = ManiculeCluster.builder().nodes(2).reads(Reads.LOCAL).start()) {
            ManiculeNode slow = cluster.node(1);
            List<String> heard = heard(slow.client("bob"), "room");
            slow.slowDown(Duration.ofHours(1));
            publish(cluster.node(0).client("alice"), "early");
            assertThat(texts(cluster.node(0).client("carol"))).containsExactly("early");
            assertThat(texts(slow.client("carol"))).as("reads are local").isEmpty();
            assertThat(heard).isEmpty();
            cluster.advance(Duration.ofHours(1));
            await().untilAsserted(() -> assertThat(heard).containsExactly("early"));
            assertThat(texts(slow.client("carol"))).containsExactly("early");
            publish(cluster.node(0).client("alice"), "later");
            slow.join();
            await().untilAsserted(() -> assertThat(heard).containsExactly("early", "later"));
        }
    }

    @Test
    void aReadWaitsForANodeThatIsSlow(ManiculeCluster cluster) throws Exception {
        ManiculeNode slow = cluster.node(2);
        slow.slowDown(Duration.ofHours(1));
        publish(cluster.node(0).client("alice"), "early");
        var read = slow.client("bob").history("room").future();
        assertThat(texts(cluster.node(1).client("bob"))).containsExactly("early");
        assertThat(read).isNotDone();
        await().until(() -> {
            cluster.advance(Duration.ofHours(1)); // once is enough, but for a read that has not come yet
            return read.isDone();
        });
        assertThat(read.get().orThrow().messages()).hasSize(1);
    }

    @Test
    void restoreAppliesToAllNodes(ManiculeCluster cluster) {
        publish(cluster.node(0).client("alice"), "first");
        ManiculeServer.Snapshot snapshot = cluster.snapshot();
        for (int round = 0; round < 3; round++) {
            publish(cluster.node(round).client("alice"), "round " + round);
            assertThat(texts(cluster.client("bob"))).containsExactly("first", "round " + round);
            cluster.restore(snapshot);
            assertThat(cluster.nodes())
                    .allSatisfy(node -> assertThat(texts(node.client("bob"))).containsExactly("first"));
        }
        cluster.node(1).stop();
        cluster.node(2).cutOff();
        cluster.node(0).inject(Fault.response(503).on("history").always());
        publish(cluster.node(0).client("alice"), "last");
        cluster.restore(snapshot);
        assertThat(cluster.node(1).isRunning()).isFalse();
        cluster.node(1).start();
        cluster.node(2).join();
        assertThat(texts(cluster.node(1).client("bob"))).containsExactly("first");
        assertThat(texts(cluster.node(2).client("bob"))).containsExactly("first");
        cluster.node(1).stop();
        cluster.node(2).cutOff();
        cluster.reset();
        assertThat(cluster.nodes()).allSatisfy(node -> {
            assertThat(node.isRunning()).isTrue();
            assertThat(texts(node.client("bob"))).isEmpty();
        });
        cluster.nodes().forEach(node -> publish(node.client("bob"), node.name()));
        assertThat(texts(cluster.client("alice"))).containsExactly("node-0", "node-1", "node-2");
    }

    @Test
    void clockIsSharedByAllNodes(ManiculeCluster cluster) throws Exception {
        Instant moment = Instant.now().plusSeconds(86_400);
        cluster.standAt(moment);
        assertThat(cluster.clock().now()).isEqualTo(moment);
        for (ManiculeNode node : cluster.nodes()) {
            assertThat(publish(node.client("alice"), "then") / 10_000_000L).isEqualTo(moment.getEpochSecond());
            assertThat(get(node, "/dev").body()).contains("\"stands\":true");
        }
        assertThatThrownBy(() -> cluster.standAt(moment.minusSeconds(1))).hasMessageContaining("time goes forward");
    }

    @Test
    void tokensAreValidAndRevokedOnAllNodes() {
        try (ManiculeCluster cluster = ManiculeCluster.builder().nodes(2).secretKey("sec-c-1").start()) {
            String token = cluster.owner().grantToken(10).channel("room", Permission.WRITE).sync().orThrow().token();
            for (ManiculeNode node : cluster.nodes()) {
                node.client("alice").setToken(token);
                publish(node.client("alice"), "in time");
            }
            cluster.owner().revokeToken(token).sync().orThrow();
            assertThat(cluster.nodes())
                    .allSatisfy(node -> await().untilAsserted(() -> assertThat(node.client("alice")
                            .publish("room", "too late")
                            .sync()
                            .status()
                            .statusCode()).isEqualTo(403)));
        }
    }

    @Test
    void invalidRequestsAreRefusedWithAReason(ManiculeCluster cluster) {
        assertThatThrownBy(() -> cluster.node(3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no node 3: the nodes are 0 to 2.");
        cluster.node(0).stop();
        cluster.node(0).stop();
        for (UnaryOperator<ManiculeNode> wish : List.<UnaryOperator<ManiculeNode>>of(node -> {
            node.cutOff();
            return node;
        }, node -> {
            node.join();
            return node;
        }, node -> {
            node.slowDown(Duration.ZERO);
            return node;
        })) {
            assertThatThrownBy(() -> wish.apply(cluster.node(0))).isInstanceOf(IllegalStateException.class)
                    .hasMessage("The node node-0 is stopped. Start it first.");
        }
        assertThatThrownBy(() -> cluster.node(1).slowDown(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        cluster.node(1).cutOff();
        cluster.node(2).slowDown(Duration.ofSeconds(1));
        assertThatThrownBy(cluster::snapshot).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stopped, cut off or slow");
        assertThatThrownBy(() -> cluster.restore(new ManiculeServer.Snapshot("before")))
                .hasMessageContaining("there is no snapshot \"before\"");
        assertThatThrownBy(cluster::owner).hasMessageContaining("secretKey");
        for (int nodes : new int[]{-1, 0, 10}) {
            assertThatThrownBy(() -> ManiculeCluster.builder().nodes(nodes).start())
                    .hasMessage("A cluster in one process has 1 to 9 nodes, and not " + nodes + ".");
        }
        assertThatThrownBy(() -> ManiculeCluster.builder().configuration("host: 0.0.0.0").start())
                .hasMessageContaining("0.0.0.0 is no loopback address");
    }

    /** With {@code -Dtestkit.figures}, which takes a quiet machine to mean anything. */
    @Test
    @EnabledIfSystemProperty(named = "testkit.figures", matches = ".*")
    void startResetAndStopAreMeasured() {
        for (int nodes : new int[]{0, 1, 3}) {
            List<Double> starts = new ArrayList<>();
            List<Double> resets = new ArrayList<>();
            List<Double> stops = new ArrayList<>();
            IntStream.range(0, 15).forEach(round -> {
                long begin = System.nanoTime();
                AutoCloseable server = nodes == 0
                        ? ManiculeServer.builder().start()
                        : ManiculeCluster.builder().nodes(nodes).start();
                long started = System.nanoTime();
                if (server instanceof ManiculeCluster cluster) {
                    publish(cluster.client("alice"), "hello");
                }
                long used = System.nanoTime();
                if (server instanceof ManiculeCluster cluster) {
                    cluster.reset();
                } else if (server instanceof ManiculeServer one) {
                    one.reset();
                }
                long reset = System.nanoTime();
                try {
                    server.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                if (round >= 5) {
                    starts.add((started - begin) / 1e6);
                    resets.add((reset - used) / 1e6);
                    stops.add((System.nanoTime() - reset) / 1e6);
                }
            });
            System.out.printf("nodes %d: start %.1f reset %.1f stop %.1f ms (medians of 10; start from %.1f to %.1f)%n",
                    nodes, median(starts), median(resets), median(stops), starts.stream()
                            .min(Double::compare)
                            .orElseThrow(),
                    starts.stream().max(Double::compare).orElseThrow());
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get(sorted.size() / 2) + sorted.get((sorted.size() - 1) / 2)) / 2;
    }
}
