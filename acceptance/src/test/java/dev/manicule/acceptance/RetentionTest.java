package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.server.Clocks;
import dev.manicule.server.Manicule;
import dev.manicule.server.ManiculeConfig;
import dev.manicule.server.StartException;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is older than a keyset keeps things can't be read any more, in any way. */
@SuppressWarnings("NullAway.Init") // set before each test
class RetentionTest {
    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private Manicule server;
    private Wire wire;
    private long before;
    private long message;

    @BeforeEach
    void somethingIsADayOld() throws Exception {
        start();
        before = wire.get("/time/0").json().get(0).asLong();
        message = wire.publish("c", "\"old\"");
        wire.add("c", message, "reaction", "old", "alice");
        wire.get("/publish/ever/ever/0/c/0/%22old%22");
        assertThat(wire.get("/v3/history/sub-key/demo/channel/c").body()).contains("old");
        now.updateAndGet(instant -> instant.plus(Duration.ofDays(1)).plusSeconds(1));
        wire.publish("c", "\"new\"");
    }

    private void start() throws StartException {
        InstantSource clock = now::get;
        server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withKeysets(
                        List.of(Keyset.of("demo", "demo").keeping(Duration.ofDays(1)), Keyset.of("ever", "ever"))),
                Clocks.of(clock));
        wire = new Wire(server.port());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** By a server that starts when it is too old; one that runs looks every ten minutes. */
    @Test
    void theDiskIsFreedOfIt() throws Exception {
        wire.get("/publish/demo/demo/0/c/0/%22told%20only%22?store=0");
        server.close();
        try (Ledger ledger = Ledger.open(folder.resolve("data"))) {
            assertThat(stored(ledger, "demo")).as("before").isEqualTo(List.of(2, 1, 4));
        }
        now.updateAndGet(instant -> instant.plus(Duration.ofHours(2)));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            start();
            TimeUnit.MILLISECONDS.sleep(200);
            server.close();
            try (Ledger ledger = Ledger.open(folder.resolve("data"))) {
                assertThat(stored(ledger, "demo")).isEqualTo(List.of(1, 0, 1));
                assertThat(stored(ledger, "ever")).isEqualTo(List.of(1, 0, 1));
            }
        });
    }

    /** How many messages, actions and events there are on the disk, old or new. */
    private static List<Integer> stored(Ledger ledger, String keyset) {
        Channel channel = new Channel(keyset, "c");
        return List.of(ledger.reads().countMessages(channel, 0, 100),
                ledger.reads().actions(channel, Range.ALL, 100, 10_000).rows().size(),
                ledger.reads()
                        .events(channel, 0, Long.MAX_VALUE, ledger.lastTimetoken(), 100)
                        .size());
    }

    @Test
    void noReadOfStorageGivesIt() {
        for (String path : List.of("/v2/history/sub-key/demo/channel/c",
                "/v2/history/sub-key/demo/channel/c?reverse=true",
                "/v3/history/sub-key/demo/channel/c", "/v3/history/sub-key/demo/channel/c?end=1",
                "/v3/history/sub-key/demo/channel/c,d", "/v3/history-with-actions/sub-key/demo/channel/c",
                "/v3/history/sub-key/demo/channel/c?start=1&end=99999999999999999")) {
            assertThat(wire.get(path).body()).as(path).contains("new").doesNotContain("old");
        }
        assertThat(wire.get("/v1/message-actions/demo/channel/c").json().get("data")).isEmpty();
        assertThat(wire.get("/v1/message-actions/demo/channel/c?start=99999999999999999&end=1").json().get("data"))
                .isEmpty();
        assertThat(wire.get("/v3/history/sub-key/demo/message-counts/c?timetoken=1").json().at("/channels/c").asInt())
                .isEqualTo(1);
        assertThat(wire.get("/v3/history/sub-key/ever/channel/c").body()).contains("old");
    }

    @Test
    void whoComesBackTooLateIsToldSo() throws Exception {
        JsonNode late = wire.get("/v2/subscribe/demo/c/0?tt=" + before).json();
        assertThat(late.get("recovered").asBoolean(true)).isFalse();
        assertThat(late.get("m")).hasSize(1);
        assertThat(late.at("/m/0/d").asText()).isEqualTo("new");
        wire.publish("c", "\"newer\"");
        JsonNode next = wire.get("/v2/subscribe/demo/c/0?tt=" + late.at("/t/t").asText()).json();
        assertThat(next.has("recovered")).isFalse();
        assertThat(next.get("m")).hasSize(1);
        assertThat(wire.get("/v2/subscribe/ever/c/0?tt=" + before).json().has("recovered")).isFalse();
        assertThat(wire.get("/v2/subscribe/demo/c/0?tt=0").json().has("recovered")).isFalse();
    }

    @Test
    void aStreamSaysSoFirst() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v2/stream/demo/c?tt=" + before);
        try (HttpClient http = HttpClient.newHttpClient();
                Stream<String> lines = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofLines()).body()) {
            assertThat(lines.filter(line -> line.startsWith("event:") || line.startsWith("data:")).limit(3).toList())
                    .satisfiesExactly(line -> assertThat(line).isEqualTo("event: recovered"),
                            line -> assertThat(line).isEqualTo("data: false"),
                            line -> assertThat(line).contains("\"d\":\"new\""));
            http.shutdownNow();
        }
    }
}
