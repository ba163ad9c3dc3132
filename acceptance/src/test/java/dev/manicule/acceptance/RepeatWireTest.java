package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.Clocks;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request that is sent again, because its answer was lost, is not done again. */
class RepeatWireTest {
    private static final String PUBLISH = "/publish/demo/demo/0/room/0?uuid=alice";
    private static final String ACTIONS = "/v1/message-actions/demo/channel/room";
    private static final String ADD = ACTIONS + "/message/17000000000000000?uuid=alice";
    private static final String SMILE = "{\"type\":\"reaction\",\"value\":\"smile\"}";

    @TempDir
    private Path folder;
    private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    private Manicule server;

    @BeforeEach
    void start() throws Exception {
        server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0).withData(folder), Clocks.of(clock::get));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Answer publish(String more, String json, String... headers) {
        return new Wire(server.port()).send("POST", PUBLISH + more, json.getBytes(StandardCharsets.UTF_8), headers);
    }

    private Answer add(String more, String json, String... headers) {
        return new Wire(server.port()).send("POST", ADD + more, json.getBytes(StandardCharsets.UTF_8), headers);
    }

    private int messages() {
        return new Wire(server.port()).get("/v3/history/sub-key/demo/message-counts/room?timetoken=1")
                .json()
                .at("/channels/room")
                .asInt();
    }

    private JsonNode actions() {
        return new Wire(server.port()).get(ACTIONS).json().get("data");
    }

    @Test
    void retriedPublishIsStoredOnce() {
        Answer first = publish("&requestid=r1", "1");
        assertThat(publish("&requestid=r1&l_pub=0.3", "1").body()).isEqualTo(first.body());
        assertThat(messages()).isEqualTo(1);
        assertThat(publish("&requestid=r2", "1").body()).isNotEqualTo(first.body());
        assertThat(publish("", "1").body()).isNotEqualTo(first.body());
        assertThat(messages()).isEqualTo(3);
    }

    @Test
    void requestIdAppliesToTheSameRequestOfOneUser() {
        String first = publish("&requestid=r1", "1").body();
        for (String other : List.of(publish("&requestid=r1", "2").body(),
                publish("&requestid=r1&store=0", "1").body(),
                publish("&requestid=r1&meta=1", "1").body(),
                new Wire(server.port())
                        .post("/publish/demo/demo/0/room/0?uuid=bob&requestid=r1", "1")
                        .body(),
                new Wire(server.port())
                        .post("/publish/demo/other/0/room/0?uuid=alice&requestid=r1", "1")
                        .body(),
                new Wire(server.port())
                        .post("/publish/demo/demo/0/room2/0?uuid=alice&requestid=r1", "1")
                        .body())) {
            assertThat(other).startsWith("[1,").isNotEqualTo(first);
        }
        new Wire(server.port()).post("/publish/demo/demo/0/nobody/0?requestid=r1", "1");
        new Wire(server.port()).post("/publish/demo/demo/0/nobody/0?requestid=r1", "1");
        assertThat(new Wire(server.port()).get("/v3/history/sub-key/demo/message-counts/nobody?timetoken=1")
                .json()
                .at("/channels/nobody")
                .asInt()).as("without a uuid the id says too little").isEqualTo(2);
    }

    @Test
    void retriedAddAndRemoveGetTheirFirstResponseAfterARestart() throws Exception {
        Answer added = add("&requestid=a1", SMILE);
        Answer conflict = add("&requestid=a2", SMILE);
        assertThat(conflict.status()).isEqualTo(409);
        String timetoken = added.json().at("/data/actionTimetoken").asText();
        String removal = ACTIONS + "/message/17000000000000000/action/" + timetoken + "?uuid=alice&requestid=a3";
        Answer removed = new Wire(server.port()).delete(removal);
        assertThat(removed.status()).isEqualTo(200);
        stop();
        start();
        assertThat(add("&requestid=a1", SMILE).body()).isEqualTo(added.body());
        assertThat(add("&requestid=a2", SMILE).body()).isEqualTo(conflict.body());
        assertThat(new Wire(server.port()).delete(removal).body()).isEqualTo(removed.body());
        assertThat(actions()).isEmpty();
        assertThat(add("&requestid=a4", SMILE).json().at("/data/actionTimetoken").asText()).isNotEqualTo(timetoken);
    }

    @Test
    void headerCarriesTheRequestIdAndConflictsAreRefused() {
        Answer first = publish("", "1", "Idempotency-Key: k1");
        assertThat(publish("", "1", "idempotency-key: k1").body()).isEqualTo(first.body());
        Answer other = publish("", "2", "Idempotency-Key: k1");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.body()).startsWith("[0,\"This Idempotency-Key was used for another request\"");
        assertThat(add("", SMILE, "Idempotency-Key: k1").status()).isEqualTo(422);
        assertThat(add("", SMILE, "Idempotency-Key: k2").status()).isEqualTo(200);
        assertThat(add("&requestid=k1", SMILE, "Idempotency-Key: ").status()).isEqualTo(409);
        assertThat(messages()).isEqualTo(1);
    }

    @Test
    void requestIdIsRememberedForTwentyMinutes() {
        String first = publish("&requestid=r1", "1").body();
        clock.updateAndGet(now -> now.plus(Duration.ofMinutes(20)));
        assertThat(publish("&requestid=r1", "1").body()).isEqualTo(first);
        for (int period = 0; period < 3; period++) { // in which something happens: a server that rests forgets nothing
            clock.updateAndGet(now -> now.plus(Duration.ofMinutes(20)));
            publish("&requestid=other" + period, "\"other\"");
        }
        assertThat(publish("&requestid=r1", "1").body()).isNotEqualTo(first);
    }

    @Test
    void concurrentRetriesAreAppliedOnce() {
        Set<String> answers = IntStream.range(0, 64)
                .parallel()
                .mapToObj(i -> publish("&requestid=r1", "1").body())
                .collect(Collectors.toSet());
        assertThat(answers).hasSize(1);
        assertThat(messages()).isEqualTo(1);
    }
}
