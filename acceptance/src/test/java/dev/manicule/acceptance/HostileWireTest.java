package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody sends who means harm. Each time: nothing is lost, nothing is slow, and the memory stays as it was. */
class HostileWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static final Duration QUICKLY = Duration.ofSeconds(2);

    private final Wire wire = SERVER.wire();
    private String channel = "";
    private long heap;
    private long begun;

    @TempDir
    private Path folder;

    @BeforeEach
    void somethingIsThere(TestInfo test) {
        channel = RunningServer.channel(test);
        long message = wire.publish(channel, "\"kept\"");
        wire.add(channel, message, "reaction", "kept", "alice");
        heap = heap();
        begun = System.nanoTime();
    }

    @AfterEach
    void nothingIsLostAndTheMemoryIsFlat() {
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        assertThat(heap() - heap).as("bytes more than before").isLessThan(16 << 20);
        String history = wire.get("/v3/history-with-actions/sub-key/demo/channel/" + channel).body();
        assertThat(history).contains("\"message\":\"kept\"", "\"kept\":[{\"uuid\":\"alice\"");
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static Answer quickly(Supplier<Answer> request) {
        long begin = System.nanoTime();
        Answer answer = request.get();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(QUICKLY);
        assertThat(answer.status()).isNotEqualTo(500);
        assertThat(answer.json().isContainerNode()).isTrue();
        return answer;
    }

    /** Requests whose end a proxy in front may see elsewhere. What stands behind must not be taken for a request. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "Transfer-Encoding: identity\r\n\r\n",
            "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n", "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
            "Content-Length: 0, 5\r\n\r\n", "Content-Length: +0\r\n\r\n", "Content-Length: 0x0\r\n\r\n",
            "Content-Length: -1\r\n\r\n", "Content-Length: 00000000000000000000000000000000000000005x\r\n\r\n",
            "Content-Length : 0\r\n\r\n", "Content-Length: 1e0\r\n\r\n", "Content-Length: 9223372036854775808\r\n\r\n",
            "Content\u0000-Length: 0\r\n\r\n", "X\u0000: y\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n+1\r\n1\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0x1\r\n1\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n1\r\n10\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n1\r\n0\r\n\r\n"})
    void noRequestIsSmuggledBehindAnother(String ambiguous) throws Exception {
        String smuggled = "smuggled-" + channel;
        String bytes = "POST /publish/demo/demo/0/" + smuggled + "-front/0 HTTP/1.1\r\nHost: x\r\n" + ambiguous
                + "GET /publish/demo/demo/0/" + smuggled + "/0/1 HTTP/1.1\r\nHost: x\r\n\r\n";
        try (Connection connection = wire.connect()) {
            connection.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.isEnded()).isTrue();
        }
        assertThat(wire.get("/v2/history/sub-key/demo/channel/" + smuggled).body()).isEqualTo("[[],0,0]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/../../../etc/passwd", "/publish/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
            "//time/0",
            "/time//0", "/time/0/", "/./time/0", "/time/0;x=y", "\\time\\0", "/time/0%00", "/TIME/0", "/time%2F0",
            "/v2/stream/../subscribe/demo/a/0"})
    void encodedPathsReachNoOtherResource(String path) {
        Answer answer = quickly(() -> wire.get(path));
        assertThat(answer.status()).isIn(400, 404, 405);
        assertThat(answer.body()).doesNotContain("root:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a%00b", "a%0D%0AX-Evil:%201", "a%0Ab", "%C0%AE%C0%AE", "%E0%80%AF", "%F8%88%80%80%80", "%2C",
                    "a%2Cb", "a%7F", "%C2%85", "%ED%A0%80", "%FF%FE"})
    void channelNamesAreOnlyNames(String name) {
        for (String path : List.of("/publish/demo/demo/0/" + name + "/0/1", "/v1/message-actions/demo/channel/" + name,
                "/v2/history/sub-key/demo/channel/" + name, "/signal/demo/demo/0/" + name + "/0/1")) {
            Answer answer = quickly(() -> wire.get(path));
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.headers()).doesNotContainKey("x-evil");
        }
    }

    @Test
    void dotsAreNamesLikeAnyOther() {
        wire.publish("..", "\"dots\"");
        assertThat(wire.get("/v2/history/sub-key/demo/channel/..").body()).startsWith("[[\"dots\"],");
        assertThat(wire.get("/v2/history/sub-key/demo/channel/%2E%2E").body()).startsWith("[[\"dots\"],");
        assertThat(wire.get("/v2/history/sub-key/demo/channel/%252E%252E").body()).isEqualTo("[[],0,0]");
    }

    /** Line breaks in what goes into answers, header fields and streams of events. */
    @Test
    void inputInjectsNoHeaderOrEvent() throws Exception {
        String evil = "%0D%0A%0D%0Adata:%20evil%0D%0AX-Evil:%201";
        long before = wire.get("/time/0").json().get(0).asLong();
        wire.get("/publish/demo/demo/0/" + channel + "/0/1?uuid=u" + evil + "&meta=m" + evil);
        wire.post("/publish/demo/demo/0/" + channel + "/0?meta=" + Wire.encode("{\"a\":\r\n1,\r\n\r\n\"b\":2}"),
                "{\"a\":\r\n\r\ndata\r\n}");
        wire.post("/publish/demo/demo/0/" + channel + "/0?meta=" + Wire.encode("{\"a\":\r\n1,\n\n\"b\":2}"),
                "{\"a\"\r\n\r\n:\n\n\"x\"\r\n}");
        Answer poll = quickly(() -> wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + before));
        assertThat(poll.headers()).doesNotContainKey("x-evil");
        assertThat(poll.json().get("m")).hasSize(2);
        assertThat(poll.json().at("/m/0/i").asText()).startsWith("u\r\n\r\ndata: evil");
        try (Connection stream = wire.connect()) {
            stream.get("/v2/stream/demo/" + channel + "?tt=" + before);
            stream.socket().setSoTimeout(1_000);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                stream.socket().getInputStream().transferTo(all);
            } catch (IOException e) {
                // it is silent now
            }
            String text = all.toString(StandardCharsets.UTF_8).replaceAll("\r\n[0-9a-f]+\r\n", "");
            assertThat(text.lines().filter(line -> line.startsWith("data: ")).toList()).hasSize(2)
                    .allMatch(line -> line.startsWith("data: {") && line.endsWith("}"));
        }
        Answer page = wire.send("GET", "/time/0", null, "Origin: http://x", "X-Forwarded-For: 1.2.3.4");
        assertThat(page.headers()).containsEntry("access-control-allow-origin", "*");
    }

    @Test
    void depthIsBounded() {
        List<String> bombs = new ArrayList<>();
        for (int depth : new int[]{500, 999, 1_001, 15_000, 32_000}) {
            bombs.add("[".repeat(depth));
            bombs.add("[".repeat(Math.min(depth, 16_000)) + "]".repeat(Math.min(depth, 16_000)));
            bombs.add("{\"a\":".repeat(depth / 5) + "1" + "}".repeat(depth / 5));
        }
        for (String bomb : bombs) {
            quickly(() -> wire.post("/publish/demo/demo/0/deep/0", bomb));
            quickly(() -> wire.post("/v1/message-actions/demo/channel/deep/message/1?uuid=u", bomb));
            String encoded = Wire.encode(bomb.length() > 8_000 ? bomb.substring(0, 8_000) : bomb);
            quickly(() -> wire.get("/publish/demo/demo/0/deep/0/1?meta=" + encoded));
            quickly(() -> wire.get("/publish/demo/demo/0/deep/0/1?ortt=" + encoded));
            quickly(() -> wire.get("/v2/subscribe/demo/deep/0?tt=0&state=" + encoded));
            quickly(() -> wire.get("/v2/presence/sub-key/demo/channel/deep/uuid/u/data?state=" + encoded));
        }
        for (String open : List.of("(", "!", "!(", "-(", "a==(", "a[", "a IN (", "'")) {
            String filter = Wire.encode(open.repeat(8_000 / open.length()));
            Answer answer = quickly(() -> wire.get("/v2/subscribe/demo/deep/0?tt=0&filter-expr=" + filter));
            assertThat(answer.status()).isEqualTo(400);
        }
        // and what was stored at the depth that is allowed can be filtered and read
        quickly(() -> wire.get("/v2/subscribe/demo/deep/0?tt=1&filter-expr=" + Wire.encode("data.a != 1")));
        quickly(() -> wire.get("/v3/history/sub-key/demo/channel/deep"));
    }

    /** Nobody gets past a filter by depth. */
    @Test
    void deepestMessageIsFilteredLikeOthers() {
        String deepest = "[".repeat(200) + "]".repeat(200);
        String name = channel + "-deepest";
        String path = "/v2/subscribe/demo/" + name + "/0?tt=1&filter-expr=" + Wire.encode("pass == 1");
        assertThat(wire.post("/publish/demo/demo/0/" + name + "/0", deepest).status()).isEqualTo(200);
        assertThat(wire.post("/publish/demo/demo/0/" + name + "/0", "[" + deepest + "]").status()).isEqualTo(400);
        assertThat(
                wire.post("/publish/demo/demo/0/" + name + "/0?meta=" + Wire.encode("{\"pass\":1}"), deepest).status())
                .isEqualTo(200);
        assertThat(quickly(() -> wire.get(path)).json().get("m")).hasSize(1);
    }

    @Test
    void decompressionStopsAtTheLimit() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 30; i++) {
                gzip.write(zeros);
            }
        }
        byte[] packed = bomb.toByteArray();
        assertThat(packed.length).isLessThan(32 * 1024);
        for (int i = 0; i < 100; i++) {
            assertThat(quickly(() -> wire.send("POST", "/publish/demo/demo/0/bomb/0", packed, "Content-Encoding: gzip"))
                    .status()).isEqualTo(413);
        }
    }

    /** Patterns, and texts for them, on which a backtracking matcher would take longer than the universe has. */
    @Test
    void patternMatchingTakesLinearTime() {
        wire.publish(channel + "-like", "\"" + "a".repeat(20_000) + "\"");
        for (String pattern : List.of("*a".repeat(1_000) + "b", "*".repeat(2_000) + "b", "*a*a*a*a*a*a*a*a*a*a*c")) {
            String filter = Wire.encode("data LIKE '" + pattern + "' || 1 == 2");
            Answer answer = quickly(() -> wire.get("/v2/subscribe/demo/" + channel + "-like," + channel
                    + "/0?tt=1&filter-expr=" + filter + "%20||%20data%20==%20%27kept%27"));
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    /** Two thousand names with one hash code between them, wherever names are read into a table. */
    @Test
    void namesOfEqualHashSlowNothing() {
        List<String> names = new ArrayList<>(List.of(""));
        for (int i = 0; i < 11; i++) {
            List<String> longer = new ArrayList<>();
            for (String name : names) {
                longer.add(name + "Aa");
                longer.add(name + "BB");
            }
            names = longer;
        }
        assertThat(names.stream().map(String::hashCode).distinct()).hasSize(1);
        List<String> some = names.subList(0, 1_000);
        String object = "{\"" + String.join("\":1,\"", some) + "\":1}";
        String objects = "{\"" + String.join("\":{},\"", some.subList(0, 300)) + "\":{}}";
        for (int i = 0; i < 30; i++) {
            assertThat(quickly(() -> wire.post("/publish/demo/demo/0/hash/0", object)).status()).isEqualTo(200);
            quickly(() -> wire.post("/v1/message-actions/demo/channel/hash/message/1?uuid=u", object));
            quickly(() -> wire.get("/v2/subscribe/demo/hash/0?tt=0&state=" + Wire.encode(objects)));
            quickly(() -> wire.get("/time/0?" + String.join("=&", some)));
            quickly(() -> wire.get("/v2/subscribe/demo/" + String.join(",", some) + "/0?tt=0"));
        }
        wire.publish("hash", "1");
        quickly(() -> wire.get("/v2/subscribe/demo/hash/0?tt=1&filter-expr=" + Wire.encode("data == 1")));
    }

    /** Symbols that a parser could keep for ever. */
    @Test
    void uniqueNamesLeaveNoMemory() {
        for (int i = 0; i < 300; i++) {
            StringBuilder object = new StringBuilder("{");
            for (int j = 0; j < 1_000; j++) {
                object.append(j == 0 ? "" : ",").append("\"name").append(i).append('x').append(j).append("\":1");
            }
            String body = object.append('}').toString();
            wire.post("/v1/message-actions/demo/channel/names/message/1?uuid=u", body);
            wire.get("/v2/presence/sub-key/demo/channel/a/heartbeat?state=" + Wire.encode(body.substring(0, 2_000)));
        }
    }

    /** What is secret, or somebody's, is in no line of the log, whatever goes wrong. */
    @Test
    void theLogTellsNoSecrets() throws Exception {
        Path config = Files.writeString(folder.resolve("m.yaml"),
                "port: 0\ndata: data\nkeysets:\n  - {subscribeKey: s, "
                        + "publishKey: p, secretKey: S3CR3T-K-3Y-0F-TH1S-T3ST, accessManager: true}\n");
        try (ServerProcess server = ServerProcess.serve("--config", config.toString())) {
            Wire guarded = server.wire();
            Signing owner = new Signing("p", "S3CR3T-K-3Y-0F-TH1S-T3ST");
            String grant = "{\"ttl\":5,\"permissions\":{\"resources\":{\"channels\":{\"c\":255}},\"meta\":{\"m\":\"PAYLOAD\"}}}";
            String token = guarded.post(owner.sign("POST", "/v3/pam/s/grant", grant), grant)
                    .json()
                    .at("/data/token")
                    .asText();
            String auth = "?uuid=u&auth=" + Wire.encode(token);
            guarded.post("/publish/p/s/0/c/0" + auth, "\"PAYLOAD\"");
            guarded.post("/publish/p/s/0/c/0" + auth, "\"PAYLOAD");
            guarded.post("/publish/p/s/0/c/0" + auth + "x", "\"PAYLOAD\"");
            guarded.get("/v3/history/sub-key/s/channel/c" + auth + "&start=PAYLOAD");
            guarded.get("/v2/subscribe/s/c/0" + auth + "&filter-expr=PAYLOAD((");
            guarded.get("/nothing/PAYLOAD" + auth);
            guarded.raw("GET /PAYLOAD" + auth + " HTTP/9\r\nPAYLOAD\r\n\r\n");
            guarded.post("/v3/pam/s/grant", "{\"ttl\":PAYLOAD");
            signedDelete(guarded, owner, token);
            Files.writeString(config, "SECRETKEY: {");
            server.hangUp();
            server.terminate();
            assertThat(server.lines()).isNotEmpty();
            assertThat(String.join("\n", server.lines())).doesNotContain("SECRETKEY: {", "PAYLOAD", token,
                    token.substring(0, 30));
        }
    }

    private static void signedDelete(Wire guarded, Signing owner, String token) throws Exception {
        assertThat(guarded.delete(owner.sign("DELETE", "/v3/pam/s/grant/" + Wire.encode(token), "")).status())
                .isEqualTo(200);
    }
}
