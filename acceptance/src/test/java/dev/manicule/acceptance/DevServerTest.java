package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code manicule serve --dev}: what tests in other languages can do with it. */
class DevServerTest {
    @SuppressWarnings("NullAway.Init") // set before the first test
    private static ServerProcess server;

    @SuppressWarnings("NullAway.Init")
    private static Wire wire;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.serve("--dev", "--port", "0");
        wire = server.wire();
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            assertThat(server.terminate()).isZero();
        } finally {
            server.close();
        }
    }

    @BeforeEach
    void reset() {
        dev("/dev/reset", "");
    }

    @Test
    void operationsWithoutInputRefuseABody() {
        for (String path : new String[]{"/dev/snapshots/none", "/dev/snapshots/none/restore", "/dev/reset"}) {
            for (String body : new String[]{"{\"standAt\":\"2026-01-01T00:00:00Z\"}", "garbage"}) {
                Answer answer = wire.post(path, body);
                assertThat(answer.status()).as(path + answer.body()).isEqualTo(400);
                assertThat(answer.body()).contains("send no body");
            }
        }
        assertThat(wire.get("/dev").json().get("snapshots").toString()).doesNotContain("none");
    }

    private static JsonNode dev(String path, String body) {
        Answer answer = wire.post(path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static String history(String channel) {
        Answer answer = wire.get("/v2/history/sub-key/demo/channel/" + channel);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get(0).toString();
    }

    @Test
    void devServerReportsItsState() {
        assertThat(String.join("\n", server.lines())).contains("for development", "/dev");
        JsonNode said = wire.get("/dev").json();
        assertThat(said.get("stands").asBoolean()).isFalse();
        assertThat(Instant.parse(said.get("time").asText())).isBetween(Instant.now().minusSeconds(10),
                Instant.now().plusSeconds(10));
    }

    @Test
    void clockCanStopAndAdvance() {
        dev("/dev/clock", "{\"standAt\":\"2035-01-01T00:00:00Z\"}");
        assertThat(wire.publish("time", "1")).isEqualTo(20512224000000001L);
        assertThat(wire.publish("time", "2")).isEqualTo(20512224000000002L);
        JsonNode said = dev("/dev/clock", "{\"advanceMillis\":60000}");
        assertThat(said.get("time").asText()).isEqualTo("2035-01-01T00:01:00Z");
        assertThat(said.get("timetoken").asText()).isEqualTo("20512224600000000");
        assertThat(wire.publish("time", "3")).isEqualTo(20512224600000001L);
        for (String wrong : new String[]{"", "{}", "{\"advanceMillis\":-1}", "{\"advanceMillis\":\"1\"}",
                "{\"standAt\":\"soon\"}", "{\"run\":true,\"advanceMillis\":1}", "{\"other\":1}", "[]",
                "{\"run\":false}",
                "{\"run\":\"no\"}", "{\"run\":null}", "{\"run\":1}", "{\"advanceMillis\":1,\"advanceMillis\":2}"}) {
            assertThat(wire.post("/dev/clock", wrong).status()).as(wrong).isEqualTo(400);
            assertThat(wire.get("/dev").json().get("time").asText()).as(wrong).isEqualTo("2035-01-01T00:01:00Z");
        }
    }

    @Test
    void timeOutOfRangeIsRefused() {
        dev("/dev/clock", "{\"standAt\":\"2035-01-01T00:00:00Z\"}");
        for (String far : List.of("{\"standAt\":\"9999-01-01T00:00:00Z\"}", "{\"standAt\":\"1960-01-01T00:00:00Z\"}",
                "{\"standAt\":\"+1000000000-12-31T00:00:00Z\"}", "{\"advanceMillis\":9223372036854775807}",
                "{\"advanceMillis\":9000000000000}")) {
            Answer answer = wire.post("/dev/clock", far);
            assertThat(answer.status()).as(far).isEqualTo(400);
            assertThat(answer.body()).as(far).contains("to 2286-11-20T17:46:39Z");
        }
        assertThat(wire.publish("far", "1")).isEqualTo(20512224000000001L);
        assertThat(dev("/dev/clock", "{\"advanceMillis\":31536000000}").get("time").asText())
                .isEqualTo("2036-01-01T00:00:00Z");
    }

    @Test
    void clockMayStopInThePastUnlessLaterDataIsStored() throws Exception {
        long told = wire.get("/time/0").json().get(0).asLong();
        assertThat(told).isGreaterThan(15778368000000000L);
        try (Connection poll = wire.connect()) {
            JsonNode said = dev("/dev/clock", "{\"standAt\":\"2020-01-01T00:00:00Z\"}");
            assertThat(said.get("time").asText()).isEqualTo("2020-01-01T00:00:00Z");
            assertThat(said.get("timetoken").asText()).isEqualTo("15778368000000000");
            assertThat(wire.get("/time/0").body()).isEqualTo("[15778368000000000]");
            poll.get("/publish/demo/demo/0/past/0/1");
            assertThat(poll.read().body()).isEqualTo("[1,\"Sent\",\"15778368000000001\"]");
        }
        assertThat(wire.get("/time/0").json().get(0).asText())
                .isEqualTo(wire.get("/dev").json().get("timetoken").asText());
        Answer refused = wire.post("/dev/clock", "{\"standAt\":\"2019-01-01T00:00:00Z\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("service").asText()).isEqualTo("Manicule");
        assertThat(refused.body()).contains("what is stored is later", "/dev/reset");
        assertThat(wire.get("/dev").json().get("time").asText()).isEqualTo("2020-01-01T00:00:00Z");
        dev("/dev/clock", "{\"run\":true}");
        dev("/dev/reset", "");
        dev("/dev/clock", "{\"standAt\":\"2019-01-01T00:00:00Z\"}");
        assertThat(wire.publish("past", "1")).isEqualTo(15463008000000001L);
    }

    @Test
    void unknownFaultTargetIsRefusedWithTheValidNames() {
        for (String wrong : List.of("publsh", "no such operation", "Publish", "addMessageAction")) {
            Answer answer = wire.post("/dev/faults", "{\"do\":\"cut\",\"on\":\"" + wrong + "\"}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains(wrong,
                    "publish, message-actions, read-marks, objects, files, file-bytes, history, subscribe, presence");
        }
        Answer method = wire.post("/dev/faults", "{\"do\":\"cut\",\"method\":\"PSOT\"}");
        assertThat(method.status()).isEqualTo(400);
        assertThat(method.body()).contains("PSOT", "GET, POST, DELETE");
        assertThat(wire.get("/dev").json().get("faults")).isEmpty();
    }

    @Test
    void advancingTheClockEndsAParkedPoll() throws Exception {
        long message = wire.publish("poll", "1");
        try (Connection poll = wire.connect()) {
            poll.get("/v2/subscribe/demo/poll/0?tt=" + message);
            await().until(() -> wire.get("/metrics").body().contains("manicule_polls_parked 1.0\n"));
            dev("/dev/clock", "{\"advanceMillis\":281000}");
            Answer answer = poll.read();
            assertThat(answer.json().at("/t/t").asLong()).as("a cursor of now")
                    .isGreaterThan(message + 281L * 10_000_000);
        }
    }

    @Test
    void injectedFaultsHitMatchingRequests() {
        JsonNode said = dev("/dev/faults", "{\"do\":\"answer\",\"status\":429,\"on\":\"publish\",\"times\":2}");
        assertThat(said.at("/faults/0/do").asText()).isEqualTo("answer");
        assertThat(wire.get("/time/0").status()).isEqualTo(200);
        String publish = "/publish/demo/demo/0/wrong/0/1";
        Answer first = wire.get(publish);
        assertThat(first.status()).isEqualTo(429);
        assertThat(first.headers()).containsEntry("retry-after", "1");
        assertThat(wire.get("/dev").json().at("/faults/0/hits").asInt()).isEqualTo(1);
        assertThat(wire.get(publish).status()).isEqualTo(429);
        assertThat(wire.get(publish).status()).isEqualTo(200);
        assertThat(wire.get("/dev").json().get("faults")).isEmpty();

        dev("/dev/faults", "{\"do\":\"lose-answer\",\"path\":\"wrong\"}");
        assertThatThrownBy(() -> wire.get(publish)).isInstanceOf(UncheckedIOException.class);
        assertThat(history("wrong")).isEqualTo("[1,1]");

        dev("/dev/faults", "{\"do\":\"answer\",\"status\":403,\"times\":1000}");
        assertThat(wire.get(publish).json().get("message").asText()).isEqualTo("Forbidden");
        assertThat(wire.delete("/dev/faults").json().get("faults")).isEmpty();
        assertThat(wire.get(publish).status()).isEqualTo(200);
        for (String wrong : new String[]{"", "{}", "{\"do\":\"explode\"}", "{\"do\":\"answer\",\"status\":200}",
                "{\"do\":\"delay\"}", "{\"do\":\"delay\",\"millis\":0}",
                "{\"do\":\"delay\",\"millis\":5,\"status\":503}", "{\"do\":\"answer\",\"millis\":5}",
                "{\"do\":\"lose-answer\",\"millis\":5}", "{\"do\":\"cut\",\"do\":\"delay\",\"millis\":5}",
                "{\"do\":\"cut\",\"status\":0}", "{\"do\":\"cut\",\"on\":\"message-actions\",\"method\":\"PATCH\"}",
                "{\"do\":\"cut\",\"path\":\"/v9/nowhere\"}",
                "{\"do\":\"cut\",\"on\":\"time\",\"path\":\"room\"}", "{\"do\":\"cut\",\"path\":\"a b\"}",
                "{\"do\":\"cut\",\"path\":\"/time/0/more\"}", "{\"do\":\"cut\",\"times\":0}",
                "{\"do\":\"cut\",\"when\":1}", "{\"do\":\"cut\",\"on\":1}"}) {
            assertThat(wire.post("/dev/faults", wrong).status()).as(wrong).isEqualTo(400);
        }
        assertThat(wire.get("/dev").json().get("faults")).isEmpty();
    }

    @Test
    void faultPathMatchesAPartOrAPrefix() {
        for (String part : List.of("/publish/", "/publish/demo/demo/0/par", "o/0/part/0", "part", "h/demo")) {
            dev("/dev/faults", "{\"do\":\"answer\",\"on\":\"publish\",\"path\":\"" + part + "\"}");
            assertThat(wire.get("/publish/demo/demo/0/part/0/1").status()).as(part).isEqualTo(503);
        }
        dev("/dev/faults", "{\"do\":\"answer\",\"path\":\"part\"}");
        assertThat(wire.get("/nowhere/part").status()).as("which belongs to no family").isEqualTo(404);
        assertThat(wire.get("/publish/demo/demo/0/part/0/1").status()).isEqualTo(503);
    }

    @Test
    void injectedCutEndsAPoll() throws Exception {
        long message = wire.publish("cut", "1");
        dev("/dev/faults", "{\"do\":\"cut\",\"on\":\"subscribe\",\"millis\":100}");
        try (Connection poll = wire.connect()) {
            poll.get("/v2/subscribe/demo/cut/0?tt=" + message);
            assertThatThrownBy(poll::read).isInstanceOf(IOException.class);
        }
        assertThat(wire.get("/metrics").body()).contains("family=\"subscribe\",method=\"GET\",status=\"gone\"} 1\n");
    }

    @Test
    void restoreBringsBackTheSnapshot() throws Exception {
        wire.publish("snapshot", "1");
        assertThat(dev("/dev/snapshots/before", "").get("snapshots").toString()).contains("\"before\"");
        long second = wire.publish("snapshot", "2");
        wire.add("snapshot", second, "a", "b", "ann");
        try (Connection poll = wire.connect()) {
            poll.get("/v2/subscribe/demo/snapshot/0?tt=" + (second + 1_000_000_000L));
            await().until(() -> wire.get("/metrics").body().contains("manicule_polls_parked 1.0\n"));
            dev("/dev/snapshots/before/restore", "");
            assertThat(poll.read().json().get("m")).isEmpty();
            poll.get("/time/0");
            assertThat(poll.read().status()).as("the connection stays").isEqualTo(200);
        }
        assertThat(history("snapshot")).isEqualTo("[1]");
        wire.publish("snapshot", "3");
        dev("/dev/snapshots/before/restore", "");
        assertThat(history("snapshot")).isEqualTo("[1]");
        Answer none = wire.post("/dev/snapshots/other/restore", "");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.body()).contains("other", "before");
        assertThat(wire.post("/dev/snapshots/", "").status()).as("without a name").isEqualTo(400);
    }

    @Test
    void restoredClockRunsAgain() {
        dev("/dev/clock", "{\"advanceMillis\":3600000}");
        dev("/dev/snapshots/ran", "");
        long hourAhead = Long.parseLong(wire.get("/dev").json().get("timetoken").asText());
        for (String moved : List.of("{\"standAt\":\"2035-01-01T00:00:00Z\"}", "{\"advanceMillis\":31536000000}")) {
            dev("/dev/clock", moved);
            wire.publish("ran", "1");
            JsonNode said = dev("/dev/snapshots/ran/restore", "");
            assertThat(said.get("stands").asBoolean()).isFalse();
            assertThat(wire.publish("ran", "2")).isBetween(hourAhead, hourAhead + 600 * 10_000_000L);
            assertThat(history("ran")).isEqualTo("[2]");
        }
    }

    @Test
    void streamResumesAfterARestore() throws Exception {
        long message = wire.publish("stream", "1");
        dev("/dev/snapshots/streams", "");
        try (Connection stream = wire.connect()) {
            stream.get("/v2/stream/demo/stream?tt=" + message);
            assertThat(stream.read(false).status()).isEqualTo(200);
            await().until(() -> wire.get("/metrics").body().contains("manicule_polls_parked 1.0\n"));
            dev("/dev/snapshots/streams/restore", "");
            while (!stream.isEnded()) {
                // what it was told before
            }
        }
        assertThat(wire.get("/v2/subscribe/demo/stream/0?tt=" + (message - 1)).json().get("m")).hasSize(1);
        assertThat(wire.get("/metrics").body()).contains("manicule_polls_parked 0.0\n");
    }

    /** A server that is killed can't clean up after itself: the next one does, and leaves alone what is in use. */
    @Test
    void nextServerDeletesFoldersOfKilledServers() throws Exception {
        Path shared = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shared), "there is no file system in memory");
        Set<Path> before = folders(shared);
        try (ServerProcess killed = ServerProcess.serve("--dev", "--port", "0")) {
            killed.wire().publish("a", "1");
            Set<Path> made = folders(shared);
            made.removeAll(before);
            assertThat(made).hasSize(1);
            killed.kill();
            Path left = made.iterator().next();
            assertThat(left).exists();
            for (Path each : folders(shared)) { // as if all of them were old
                Files.setLastModifiedTime(each, FileTime.from(Instant.now().minusSeconds(3600)));
            }
            try (ServerProcess next = ServerProcess.serve("--dev", "--port", "0")) {
                assertThat(left).doesNotExist();
                assertThat(next.terminate()).isZero();
            }
        }
        wire.publish("still", "1");
        assertThat(history("still")).isEqualTo("[1]");
        assertThat(before).as("nothing of ours is left; others come and go").containsAll(folders(shared));
    }

    private static Set<Path> folders(Path shared) throws IOException {
        try (Stream<Path> all = Files.list(shared)) {
            return all.filter(each -> String.valueOf(each.getFileName()).matches("manicule-[0-9]+"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void devEndpointsServeOnlyLocalClientsOfADevServer() throws Exception {
        for (String[] options : new String[][]{{"serve", "--dev", "--host", "0.0.0.0"},
                {"serve", "--dev", "--data", "somewhere"}}) {
            Process refused = ServerProcess.command(options);
            String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(refused.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(refused.exitValue()).as(said).isNotZero();
            assertThat(said).contains("--dev");
        }
        Answer far = wire.send("GET", "/dev", null, "X-Forwarded-For: 203.0.113.7");
        assertThat(far.status()).isEqualTo(403);
        Answer page = wire.send("POST", "/dev/reset", new byte[0], "Origin: https://evil.example");
        assertThat(page.status()).isEqualTo(403);
    }
}
