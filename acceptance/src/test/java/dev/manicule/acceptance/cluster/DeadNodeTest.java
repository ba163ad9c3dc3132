package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that dies takes its users with it, each announced once; one that was only paused brings them back. */
@Timeout(300)
class DeadNodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PRESENCE = "/v2/presence/sub-key/demo/channel/";

    @Test
    void usersOfADeadNodeTimeOutAndOfAPausedOneReturn() throws Exception {
        try (Cluster cluster = Cluster.start(1, 3, "")) {
            cluster.awaitWrites();
            Wire survivor = cluster.wire(0);
            List<String> told = new ArrayList<>();
            long cursor = survivor.get("/v2/subscribe/demo/room-pnpres/0?uuid=watcher&tt=0").json().at("/t/t").asLong();
            beat(cluster.wire(1), "paused");
            beat(cluster.wire(2), "dead");
            beat(cluster.wire(0), "alive");
            beat(cluster.wire(2), "everywhere");
            beat(cluster.wire(0), "everywhere");
            cursor = read(survivor, cursor, told, 4); // one who has not come yet does not go
            assertThat(told).containsExactlyInAnyOrder("join paused", "join dead", "join alive", "join everywhere");
            told.clear();

            cluster.node(2).kill();
            Cluster.pause(cluster.node(1).pid());
            await().atMost(PATIENCE).until(() -> present(survivor).equals(List.of("alive", "everywhere")));
            Cluster.resume(cluster.node(1).pid());
            List<String> three = List.of("alive", "everywhere", "paused");
            await().atMost(PATIENCE).until(() -> present(survivor).equals(three));
            await().atMost(PATIENCE).until(() -> present(cluster.wire(1)).equals(three));
            long _ = read(survivor, cursor, told, 3);
            assertThat(told).containsExactlyInAnyOrder("timeout dead", "timeout paused", "join paused");
        }
    }

    /** Reads announcements until there are so many; gives the next cursor. */
    private static long read(Wire wire, long from, List<String> told, int count) {
        long cursor = from;
        while (told.size() < count) {
            JsonNode answer = wire.get("/v2/subscribe/demo/room-pnpres/0?uuid=watcher&tt=" + cursor).json();
            cursor = answer.at("/t/t").asLong();
            for (JsonNode event : answer.get("m")) {
                told.add(event.at("/d/action").asText() + " " + event.at("/d/uuid").asText());
            }
        }
        return cursor;
    }

    private static void beat(Wire wire, String uuid) {
        assertThat(wire.get(PRESENCE + "room/heartbeat?heartbeat=300&uuid=" + uuid).status()).isEqualTo(200);
    }

    private static List<String> present(Wire wire) {
        List<String> uuids = new ArrayList<>();
        wire.get(PRESENCE + "room").json().path("uuids").forEach(uuid -> uuids.add(uuid.asText()));
        return uuids;
    }
}
