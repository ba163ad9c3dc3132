package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients see of a cluster: any node takes any request, and what one has answered all others show. */
@Timeout(300)
class ClusterWireTest {
    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(1, 2, "");
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    private static Wire a() {
        return cluster.wire(0);
    }

    private static Wire b() {
        return cluster.wire(1);
    }

    @Test
    void acknowledgedWriteIsVisibleOnTheOtherNode() {
        for (int i = 0; i < 50; i++) {
            Wire one = i % 2 == 0 ? a() : b();
            Wire other = i % 2 == 0 ? b() : a();
            long message = one.publish("shown", "\"m" + i + "\"");
            JsonNode found = other.get("/v3/history/sub-key/demo/channel/shown?max=1").json();
            assertThat(found.at("/channels/shown/0/timetoken").asLong()).isEqualTo(message);
            String actions = "/v1/message-actions/demo/channel/shown/message/" + message;
            String body = "{\"type\":\"reaction\",\"value\":\"smile\"}";
            assertThat(other.post(actions + "?uuid=bob", body).status()).isEqualTo(200);
            assertThat(one.post(actions + "?uuid=bob", body).status()).as("a second time").isEqualTo(409);
            JsonNode action = one.get("/v1/message-actions/demo/channel/shown?limit=1").json().at("/data/0");
            assertThat(action.get("messageTimetoken").asLong()).isEqualTo(message);
            assertThat(one.delete(actions + "/action/" + action.get("actionTimetoken").asLong() + "?uuid=bob").status())
                    .isEqualTo(200);
            assertThat(other.get("/v1/message-actions/demo/channel/shown?limit=1").json().get("data")).isEmpty();
        }
    }

    @Test
    void movedPollMissesAndDuplicatesNothing() throws Exception {
        long cursor = cursor(a(), "moves");
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Wire publisher = i % 3 == 0 ? a() : b();
            if (i % 2 == 0) {
                long _ = publisher.publish("moves", "" + i);
            } else {
                assertThat(publisher.get("/signal/demo/demo/0/moves/0/" + i + "?uuid=s").status()).isEqualTo(200);
            }
            JsonNode answer = (i % 2 == 0 ? b() : a()).get("/v2/subscribe/demo/moves/0?tt=" + cursor).json();
            cursor = answer.at("/t/t").asLong();
            answer.get("m").forEach(event -> told.add(event.get("d").asText()));
        }
        assertThat(told).isEqualTo(java.util.stream.IntStream.range(0, 40).mapToObj(String::valueOf).toList());
    }

    @Test
    void parkedPollGetsWritesOfTheOtherNode() throws Exception {
        long cursor = cursor(b(), "waits");
        try (Wire.Connection waiting = b().connect()) {
            waiting.get("/v2/subscribe/demo/waits/0?tt=" + cursor);
            long _ = a().publish("waits", "\"now\"");
            assertThat(waiting.read().json().at("/m/0/d").asText()).isEqualTo("now");
        }
    }

    @Test
    void groupChangeAppliesOnTheOtherNode() throws Exception {
        String group = "/v1/channel-registration/sub-key/demo/channel-group/family";
        assertThat(a().get(group + "?add=kitchen").status()).isEqualTo(200);
        assertThat(b().get(group).json().at("/payload/channels/0").asText()).isEqualTo("kitchen");
        long cursor = b().get("/v2/subscribe/demo/,/0?tt=0&channel-group=family").json().at("/t/t").asLong();
        long _ = a().publish("kitchen", "\"dinner\"");
        assertThat(b().get("/v2/subscribe/demo/,/0?channel-group=family&tt=" + cursor).json().at("/m/0/d").asText())
                .isEqualTo("dinner");
    }

    @Test
    void retryThroughTheOtherNodeIsAppliedOnce() {
        for (int i = 0; i < 10; i++) {
            String path = "/publish/demo/demo/0/once/0?uuid=u&requestid=r" + i;
            long first = a().post(path, "\"x\"").json().get(2).asLong();
            assertThat(b().post(path, "\"x\"").json().get(2).asLong()).isEqualTo(first);
        }
        assertThat(b().get("/v3/history/sub-key/demo/channel/once?max=100").json().at("/channels/once")).hasSize(10);
    }

    @Test
    void concurrentRequestOnBothNodesIsAppliedOnce() throws Exception {
        int requests = 200;
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < requests; i++) {
                String path = "/publish/demo/demo/0/twins/0?uuid=u&requestid=t" + i;
                CyclicBarrier start = new CyclicBarrier(2);
                List<Future<Wire.Answer>> twins = Stream.of(a(), b()).map(node -> clients.submit(() -> {
                    int _ = start.await();
                    return node.post(path, "\"x\"");
                })).toList();
                Wire.Answer one = twins.getFirst().get();
                Wire.Answer other = twins.getLast().get();
                assertThat(one.status()).as(one.body()).isEqualTo(200);
                assertThat(other.body()).isEqualTo(one.body());
            }
        }
        int found = 0;
        long start = Long.MAX_VALUE;
        JsonNode page;
        do {
            page = a().get("/v3/history/sub-key/demo/channel/twins?max=100&start=" + start)
                    .json()
                    .at("/channels/twins");
            found += page.size();
            start = page.isEmpty() ? 0 : page.get(0).get("timetoken").asLong();
        } while (!page.isEmpty());
        assertThat(found).isEqualTo(requests);
    }

    @Test
    void aDeletionHidesMessagesOnEachNode() {
        long first = a().publish("gone", "1");
        long last = b().publish("gone", "2");
        assertThat(a().delete("/v3/history/sub-key/demo/channel/gone?start=" + (first - 1) + "&end=" + last).status())
                .isEqualTo(200);
        assertThat(b().get("/v3/history/sub-key/demo/channel/gone?max=10").json().at("/channels/gone")).isEmpty();
    }

    @Test
    void userIsPresentAndAnnouncedOnTheOtherNode() {
        long cursor = cursor(b(), "room-pnpres");
        String presence = "/v2/presence/sub-key/demo/";
        assertThat(a().get(presence + "channel/room/heartbeat?uuid=alice&heartbeat=60").status()).isEqualTo(200);
        assertThat(b().get(presence + "channel/room").json().at("/uuids/0").asText()).isEqualTo("alice");
        assertThat(b().get(presence + "uuid/alice").json().at("/payload/channels/0").asText()).isEqualTo("room");
        JsonNode event = b().get("/v2/subscribe/demo/room-pnpres/0?uuid=watcher&tt=" + cursor).json().at("/m/0/d");
        assertThat(event.get("action").asText()).isEqualTo("join");
        assertThat(event.get("uuid").asText()).isEqualTo("alice");
        assertThat(event.get("occupancy").asInt()).isEqualTo(1);

        assertThat(b().get(presence + "channel/room/heartbeat?uuid=alice&heartbeat=60").status()).isEqualTo(200);
        assertThat(a().get(presence + "channel/room").json().get("occupancy").asInt()).as("once, with both")
                .isEqualTo(1);

        assertThat(b().get(presence + "channel/room/leave?uuid=alice").status()).isEqualTo(200);
        assertThat(a().get(presence + "channel/room").json().get("occupancy").asInt()).isZero();
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(a().get(presence + "channel/room/heartbeat?uuid=alice&heartbeat=60").status()).isEqualTo(200);
            assertThat(b().get(presence + "channel/room").json().get("occupancy").asInt()).as("back").isEqualTo(1);
        });
    }

    /** Nothing is announced, and no read comes before: the response itself has to wait for the log. */
    @Test
    void answeredChangeOfPresenceIsSeenThroughTheOtherNode() {
        String presence = "/v2/presence/sub-key/demo/";
        for (int i = 0; i < 40; i++) {
            Wire one = i % 2 == 0 ? a() : b();
            Wire other = i % 2 == 0 ? b() : a();
            String channel = presence + "channel/lobby" + i;
            String user = "?uuid=u" + i;
            assertThat(one.get(channel + "/heartbeat" + user).status()).isEqualTo(200);
            assertThat(other.get(channel).json().at("/uuids/0").asText()).as("user %s", i).isEqualTo("u" + i);
            String state = channel + "/uuid/u" + i + "/data?state=%7B%22mood%22:" + i + "%7D";
            assertThat(one.get(state).status()).isEqualTo(200);
            assertThat(other.get(channel + "?state=1").json().at("/uuids/0/state/mood").asInt()).isEqualTo(i);
            assertThat(one.get(channel + "/leave" + user).status()).isEqualTo(200);
            assertThat(other.get(channel).json().get("occupancy").asInt()).as("user %s", i).isZero();
        }
    }

    @Test
    void timeAdvancesOnIdleNodes() {
        long before = a().get("/time/0").json().get(0).asLong();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(b().get("/time/0").json().get(0).asLong()).isGreaterThan(before));
    }

    private static long cursor(Wire wire, String channel) {
        return wire.get("/v2/subscribe/demo/" + channel + "/0?tt=0").json().at("/t/t").asLong();
    }
}
