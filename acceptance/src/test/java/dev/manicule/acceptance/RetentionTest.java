package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.server.Clocks;
import dev.manicule.server.Maintenance;
import dev.manicule.server.Manicule;
import dev.manicule.server.StartException;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.ledger.Progress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
        start(Duration.ofDays(1));
    }

    private void start(Duration retention) throws StartException {
        InstantSource clock = now::get;
        server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withKeysets(
                        List.of(Keyset.of("demo", "demo").keeping(retention), Keyset.of("ever", "ever"))),
                Clocks.of(clock));
        wire = new Wire(server.port());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A longer retention begins with what is still there. */
    @Test
    void longerRetentionRestoresNothing() throws Exception {
        await().untilAsserted(() -> assertThat(addOld().status())
                .as("what is too old is in nobody's way")
                .isEqualTo(200));
        server.close();
        start(Duration.ofDays(30));
        assertThat(wire.get("/v3/history/sub-key/demo/channel/c").body()).contains("new").doesNotContain("old");
        assertThat(wire.get("/v1/message-actions/demo/channel/c").json().get("data")).hasSize(1);
        assertThat(addOld().status()).isEqualTo(409);
        server.close();
        assertThat(Maintenance.check(folder.resolve("data"), Progress.NONE).findings()).isEmpty();
    }

    private Wire.Answer addOld() {
        return wire.post("/v1/message-actions/demo/channel/c/message/" + message + "?uuid=alice",
                "{\"type\":\"reaction\",\"value\":\"old\"}");
    }

    /** {@code ttl} is in hours. What belongs to the message goes with it, although it is younger. */
    @Test
    void messageExpiresAtItsTime() {
        long cursor = wire.get("/time/0").json().get(0).asLong();
        long brief = wire.get("/publish/ever/ever/0/t/0/%22brief%22?ttl=0.5").json().get(2).asLong();
        assertThat(wire.get("/publish/ever/ever/0/t/0/%22long%22?ttl=2").status()).isEqualTo(200);
        assertThat(wire.get("/publish/ever/ever/0/t/0/%22ever%22?ttl=nonsense").status()).isEqualTo(200);
        String body = "{\"type\":\"reaction\",\"value\":\"on brief\"}";
        assertThat(wire.post("/v1/message-actions/ever/channel/t/message/" + brief + "?uuid=a", body).status())
                .isEqualTo(200);
        now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(29)));
        assertThat(wire.get("/v3/history/sub-key/ever/channel/t").body()).contains("brief", "long");
        now.updateAndGet(instant -> instant.plus(Duration.ofSeconds(61)));
        await().untilAsserted(() -> assertThat(wire.get("/v3/history/sub-key/ever/channel/t").body())
                .contains("long", "ever")
                .doesNotContain("brief"));
        assertThat(wire.get("/v1/message-actions/ever/channel/t").json().get("data")).isEmpty();
        assertThat(wire.get("/v3/history/sub-key/ever/message-counts/t?timetoken=1").json().at("/channels/t").asInt())
                .isEqualTo(2);
        assertThat(wire.get("/v2/subscribe/ever/t/0?tt=" + cursor).body()).contains("long").doesNotContain("brief");
        now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(90)));
        await().untilAsserted(() -> assertThat(wire.get("/v3/history/sub-key/ever/channel/t").body()).contains("ever")
                .doesNotContain("long"));
    }

    @Test
    void expiredMessageIsInNoRead() {
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
    void lateSubscriberGetsRecoveredFalse() throws Exception {
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
    void lateStreamBeginsWithRecoveredFalse() throws Exception {
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
