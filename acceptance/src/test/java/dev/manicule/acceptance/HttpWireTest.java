package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.server.access.Keyset;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 1 of the protocol, and everything that is no well-formed request. */
class HttpWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @RegisterExtension
    static final RunningServer CLOSED = new RunningServer(config -> config.withKeysets(List.of(
            Keyset.of("sub-c-1", "pub-c-1"),
            Keyset.of("sub-c-3", "pub-c-3").with(new Keyset.Policy(false, null, 0, List.of("https://chat.example"))))));

    private static final String SCRIPT = "text/javascript; charset=\"UTF-8\"";

    private final Wire wire = SERVER.wire();

    @AfterEach
    void theServerGoesOn() {
        assertThat(wire.get("/time/0").status()).isEqualTo(200);
    }

    @Test
    void theTimeIsANumber() {
        Answer answer = wire.get("/time/0");
        assertThat(answer.body()).matches("\\[\\d{17}]");
        assertThat(answer.headers().get("cache-control")).isEqualTo("no-cache");
    }

    @Test
    void rootDescribesTheServer() {
        assertThat(wire.get("/").json().get("name").asText()).isEqualTo("Manicule");
        assertThat(wire.send("HEAD", "/", null).status()).isEqualTo(200);
        Answer page = wire.send("GET", "/", null, "Accept: text/html,*/*;q=0.8");
        assertThat(page.headers()).containsEntry("content-type", "text/html; charset=UTF-8")
                .containsEntry("vary", "Accept");
    }

    @Test
    void preflightIsAnsweredOnAnyPath() {
        Answer answer = wire.send("OPTIONS", "/v1/message-actions/demo/channel/a/message/1", null,
                "Origin: http://x", "Access-Control-Request-Method: POST");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.headers().get("access-control-allow-methods")).contains("POST").contains("DELETE");
        assertThat(answer.headers().get("access-control-allow-headers")).contains("Content-Type");
        assertThat(answer.headers().get("access-control-allow-origin")).isEqualTo("*");
        assertThat(answer.headers()).doesNotContainKey("content-length");
    }

    @Test
    void keysetAllowsItsOriginsOnly() throws Exception {
        Wire closed = CLOSED.wire();
        String path = "/v3/history/sub-key/sub-c-3/channel/a";
        Answer welcome = closed.send("GET", path, null, "Origin: https://chat.example");
        assertThat(welcome.status()).isEqualTo(200);
        assertThat(welcome.headers()).containsEntry("access-control-allow-origin", "https://chat.example")
                .containsEntry("vary", "Origin");
        assertThat(closed.get(path).status()).as("no page").isEqualTo(200);
        for (String origin : List.of("https://evil.example", "http://chat.example", "https://chat.example:444",
                "null")) {
            for (String each : List.of(path, "/publish/pub-c-3/sub-c-3/0/a/0/1")) {
                Answer stranger = closed.send("GET", each, null, "Origin: " + origin);
                assertThat(stranger.status()).isEqualTo(403);
                assertThat(stranger.headers()).doesNotContainKey("access-control-allow-origin");
            }
            Answer preflight = closed.send("OPTIONS", path, null, "Origin: " + origin);
            assertThat(preflight.headers()).doesNotContainKey("access-control-allow-origin");
            Answer webSocket = closed.send("GET", "/v2/stream/sub-c-3/a", null, "Origin: " + origin,
                    "Upgrade: websocket",
                    "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==");
            assertThat(webSocket.status()).isEqualTo(403);
        }
        assertThat(closed.send("OPTIONS", path, null, "Origin: https://chat.example").headers())
                .containsEntry("access-control-allow-origin", "https://chat.example");
        try (Connection stream = closed.connect()) {
            stream.write("GET /v2/stream/sub-c-3/a HTTP/1.1\r\nHost: x\r\nOrigin: https://chat.example\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(stream.read(false).headers()).containsEntry("access-control-allow-origin",
                    "https://chat.example");
        }
    }

    /** Of an image, a form or a script of a foreign page, no origin is said; other fields give the page away. */
    @Test
    void otherOriginsCannotWrite() {
        Wire closed = CLOSED.wire();
        String publish = "/publish/pub-c-3/sub-c-3/0/foreign/0/1";
        String group = "/v1/channel-registration/sub-key/sub-c-3/channel-group/g?add=x";
        for (String target : List.of(publish, group)) {
            for (String field : List.of("Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
                    "Referer: https://evil.example/a?https://chat.example/",
                    "Referer: https://chat.example.evil.example/",
                    "Referer: https://chat.example@evil.example/", "Referer: nonsense",
                    "Referer: https://chat.example:444/",
                    "Origin: null")) {
                assertThat(closed.send("GET", target, null, field).status()).as(field).isEqualTo(403);
            }
        }
        assertThat(closed.send("POST", "/publish/pub-c-3/sub-c-3/0/foreign/0", new byte[]{'1'},
                "Sec-Fetch-Site: cross-site", "Content-Type: text/plain").status()).isEqualTo(403);
        for (String field : List.of("Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin",
                "Referer: https://chat.example/room?x=1", "Referer: https://chat.example",
                "Origin: https://chat.example\r\nSec-Fetch-Site: cross-site")) {
            assertThat(closed.send("GET", "/publish/pub-c-3/sub-c-3/0/own/0/1", null, field.split("\r\n")).status())
                    .as(field)
                    .isEqualTo(200);
        }
        assertThat(closed.get("/v3/history/sub-key/sub-c-3/channel/foreign").body()).doesNotContain("timetoken");
        assertThat(closed.get("/v1/channel-registration/sub-key/sub-c-3/channel-group/g").body()).doesNotContain("x\"");
    }

    /** Whatever the keysets say: a page that anybody has opened must not read it. */
    @Test
    void otherOriginsCannotReadMetricsOrConsole() {
        for (String path : List.of("/metrics", "/console/about")) {
            for (String field : List.of("Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Site: same-site")) {
                Answer foreign = wire.send("GET", path, null, field);
                assertThat(foreign.status()).as(path + " " + field).isEqualTo(403);
                assertThat(foreign.headers()).doesNotContainKey("access-control-allow-origin");
            }
            for (String field : List.of("X-X: x", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none")) {
                Answer own = wire.send("GET", path, null, field);
                assertThat(own.status()).isEqualTo(200);
                assertThat(own.headers()).doesNotContainKey("access-control-allow-origin");
            }
            assertThat(wire.send("OPTIONS", path, null, "Origin: https://evil.example").headers())
                    .doesNotContainKey("access-control-allow-origin");
        }
    }

    @Test
    void metricsAreRefusedToRemoteAddresses() {
        assertThat(wire.get("/metrics").headers().get("content-type")).startsWith("text/plain");
        Answer far = wire.send("GET", "/metrics", null, "X-Forwarded-For: 203.0.113.7");
        assertThat(far.status()).isEqualTo(403);
        assertThat(far.json().get("message").asText()).contains("metricsFrom");
    }

    @Test
    void unknownPathsAndMethodsAreNamed() {
        Answer unknown = wire.get("/v9/nothing?x=1");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.body())
                .isEqualTo(
                        "{\"message\":\"Not found: '/v9/nothing'\",\"error\":true,\"service\":\"Manicule\",\"status\":404}");
        Answer method = wire.send("PUT", "/v1/message-actions/demo/channel/a/message/1", new byte[0]);
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.headers().get("allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, POST");
        assertThat(method.json().at("/error/message").asText()).contains("PUT");
    }

    @Test
    void unconfiguredKeysAreRefused() {
        Wire closed = CLOSED.wire();
        assertThat(closed.get("/publish/pub-c-1/sub-c-1/0/a/0/1").status()).isEqualTo(200);
        Answer wrongPublishKey = closed.get("/publish/nope/sub-c-1/0/a/0/1");
        assertThat(wrongPublishKey.status()).isEqualTo(400);
        assertThat(wrongPublishKey.body()).matches("\\[0,\"Invalid Key\",\"\\d{17}\"]");
        String unknown = "{\"message\":\"Invalid Subscribe Key\",\"error\":true,\"service\":\"Access Manager\",\"status\":400}";
        for (String path : List.of("/publish/nope/demo/0/a/0/1", "/v2/subscribe/demo/a/0?tt=0",
                "/v3/history/sub-key/demo/channel/a", "/v2/history/sub-key/demo/channel/a")) {
            assertThat(closed.get(path).body()).isEqualTo(unknown);
        }
        assertThat(closed.get("/v1/message-actions/demo/channel/a").body())
                .isEqualTo("{\"status\":400,\"error\":{\"source\":\"actions\",\"message\":\"Invalid Subkey\"}}");
        assertThat(closed.get("/time/0").status()).isEqualTo(200);
    }

    /** JSON of each family, as a success and as an error, with that of the requests that reach no family. */
    static List<Sent> requestsForJson() {
        List<Sent> requests = new ArrayList<>();
        for (String target : List.of("/publish/demo/demo/0/typed/0/1", "/publish/demo/demo/0/typed/0/none",
                "/v1/message-actions/demo/channel/typed", "/v1/message-actions/demo/channel/typed?limit=none",
                "/v2/history/sub-key/demo/channel/typed", "/v3/history/sub-key/demo/channel/typed",
                "/v3/history/sub-key/demo/channel/typed?start=x", "/v2/subscribe/demo/typed/0?tt=0",
                "/v2/subscribe/demo/typed/0?tt=x", "/subscribe/demo/typed/0/0", "/v2/stream/demo/typed?tt=x",
                "/v1/channel-registration/sub-key/demo/channel-group",
                "/v1/channel-registration/sub-key/demo/channel-group/g?add=a.*",
                "/v2/presence/sub-key/demo/channel/typed", "/v2/presence/sub-key/demo/channel/,/heartbeat?uuid=a",
                "/time/0", "/", "/health", "/console/none", "/nowhere", "/time/%zz")) {
            requests.add(new Sent("GET", target));
            requests.add(new Sent("HEAD", target));
        }
        requests.add(new Sent("DELETE", "/v3/history/sub-key/demo/channel/typed?start=0&end=1"));
        requests.add(new Sent("POST", "/v3/pam/demo/grant"));
        requests.add(new Sent("PUT", "/time/0"));
        return requests;
    }

    /** A request that is sent without a body. */
    record Sent(String method, String target) {}

    @ParameterizedTest
    @MethodSource("requestsForJson")
    void jsonHasTheAcceptedContentType(Sent sent) throws Exception {
        Map<String, String> types = Map.of("", SCRIPT, "Accept: */*", SCRIPT, "Accept: text/javascript", SCRIPT,
                "Accept: application/json;q=0.2, */*;q=0.1", "application/json",
                "Accept: application/json, text/plain, */*", "application/json");
        for (Map.Entry<String, String> type : types.entrySet()) {
            String[] fields = type.getKey().isEmpty() ? new String[0] : new String[]{type.getKey()};
            Answer answer = sent.method().equals("HEAD")
                    ? wire.raw(("HEAD " + sent.target() + " HTTP/1.1\r\nHost: localhost\r\n"
                            + (fields.length == 0 ? "" : fields[0] + "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8),
                            false)
                    : wire.send(sent.method(), sent.target(), null, fields);
            assertThat(answer.headers()).as(type.getKey())
                    .containsEntry("content-type", type.getValue())
                    .containsEntry("vary", "Accept");
        }
    }

    @Test
    void malformedRequestErrorHasTheAcceptedContentType() {
        for (String head : List.of("GET /time/0 HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
                "GET /v2/stream/demo/c HTTP/1.1\r\n"
                        + "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")) {
            Answer answer = wire.raw(head + "Accept: application/json\r\n\r\n");
            assertThat(answer.status()).isGreaterThanOrEqualTo(400);
            assertThat(answer.headers()).containsEntry("content-type", "application/json");
        }
    }

    @Test
    void otherResponsesIgnoreTheAcceptedJsonType() {
        for (String target : List.of("/metrics", "/openapi.yaml", "/console/console.js")) {
            Answer answer = wire.send("GET", target, null, "Accept: application/json");
            assertThat(answer.headers()).isEqualTo(Map.copyOf(withDateOf(answer, wire.get(target))))
                    .doesNotContainEntry("content-type", "application/json")
                    .doesNotContainKey("vary");
        }
    }

    private static Map<String, String> withDateOf(Answer other, Answer answer) {
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        for (String field : List.of("date", "content-length")) { // the metrics have changed meanwhile
            headers.computeIfPresent(field, (name, value) -> other.headers().get(name));
        }
        return headers;
    }

    /** Compressed on the event loop, by a worker, part by part; or not compressed. */
    @ParameterizedTest
    @ValueSource(ints = {2000, 20_000, 31_000})
    void compressedJsonHasTheAcceptedContentType(int size) {
        String channel = "typed" + size;
        for (int i = 0; i < 4; i++) {
            wire.publish(channel, "\"" + "x".repeat(size) + "\"");
        }
        for (String type : List.of("application/json", SCRIPT)) {
            for (String encoding : List.of("gzip", "identity")) {
                Answer answer = wire.send("GET", "/v2/history/sub-key/demo/channel/" + channel, null,
                        "Accept: " + type, "Accept-Encoding: " + encoding);
                assertThat(answer.headers()).containsEntry("content-type", type);
                assertThat(answer.headers().containsKey("content-encoding")).isEqualTo(encoding.equals("gzip"));
            }
        }
    }

    /** Every client of a room gets the same bytes under the name that it takes. */
    @Test
    void sharedDeliveryHasEachClientsContentType() throws Exception {
        long cursor = wire.publish("crowd", "0");
        List<Connection> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 12; i++) {
                Connection client = wire.connect();
                clients.add(client);
                client.write(("GET /v2/subscribe/demo/crowd/0?tt=" + cursor + " HTTP/1.1\r\nHost: localhost\r\nAccept: "
                        + type(i) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            }
            await().until(() -> wire.get("/metrics").body().contains("manicule_polls_parked 12.0\n"));
            wire.publish("crowd", "\"to all\"");
            for (int i = 0; i < 12; i++) {
                Answer answer = clients.get(i).read();
                assertThat(answer.headers()).containsEntry("content-type", type(i));
                assertThat(answer.json().at("/m/0/d").asText()).isEqualTo("to all");
            }
        } finally {
            for (Connection client : clients) {
                client.close();
            }
        }
    }

    private static String type(int client) {
        return client % 3 == 0 ? "application/json" : SCRIPT;
    }

    @Test
    void responsesAreCompressedOnlyIfAccepted() throws Exception {
        wire.publish("gz", "\"" + "x".repeat(5000) + "\"");
        String path = "/v2/history/sub-key/demo/channel/gz";
        Answer plain = wire.get(path);
        assertThat(plain.headers()).doesNotContainKey("content-encoding");
        Answer gzip = wire.send("GET", path, null, "Accept-Encoding: gzip, deflate");
        assertThat(gzip.headers().get("content-encoding")).isEqualTo("gzip");
        assertThat(gzip.bytes().length).isLessThan(500);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip.bytes()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/publish/demo/demo/0/a/0/%", "/publish/demo/demo/0/a/0/%2", "/publish/demo/demo/0/%zz/0/1",
            "/publish/demo/demo/0/%C3%28/0/1", "/publish/demo/demo/0/%C0%AF/0/1", "/publish/demo/demo/0/a/0/1?uuid=%ff",
            "/v2/history/sub-key/demo/channel/%ED%A0%80", "/v3/history/sub-key/demo/channel/a?start=%",
            "/v1/message-actions/demo/channel/%ff", "/v2/subscribe/demo/%ff/0?tt=0", "/v2/subscribe/demo/a/0?tt=%"})
    void badEncodingIsABadRequest(String path) {
        Answer answer = wire.get(path);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("UTF-8");
        assertThat(answer.json().isContainerNode()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET /time/0\r\n\r\n",
            "GET /time/0 HTTP/1.1\r\nbad header\r\n\r\n",
            "GET /time/0 HTTP/1.1\r\nContent-Length: x\r\n\r\n", "GET /time/0 HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
            "POST /time/0 HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "POST /publish/demo/demo/0/a/0 HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n",
            "GET /a b c HTTP/1.1\r\n\r\n",
            "POST /publish/demo/demo/0/a/0 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"})
    void invalidHttpIsRefusedInJsonAndDisconnected(String bytes) throws Exception {
        try (Connection connection = wire.connect()) {
            connection.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            Answer answer = connection.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).isEqualTo(
                    "{\"message\":\"Could Not Parse Request\",\"error\":true,\"service\":\"Access Manager\",\"status\":400}");
            assertThat(connection.isEnded()).isTrue();
        }
    }

    @Test
    void headersAreBounded() {
        Answer answer = wire.send("GET", "/time/0", null, "X: " + "y".repeat(20_000));
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.json().get("status").asInt()).isEqualTo(431);
    }

    @Test
    void randomBytesHarmNothing() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            try (Connection connection = wire.connect()) {
                connection.write(noise);
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (Connection connection = wire.connect()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                String path = i % 3 == 0
                        ? "/publish/demo/demo/0/pipe/0/" + i
                        : i % 3 == 1
                                ? "/v9/" + i
                                : "/v2/history/sub-key/demo/channel/none" + i;
                all.append("GET ").append(path).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            connection.write(all.toString().getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 100; i++) {
                Answer answer = connection.read();
                assertThat(answer.status()).isEqualTo(i % 3 == 1 ? 404 : 200);
                assertThat(answer.body()).contains(i % 3 == 0 ? "Sent" : i % 3 == 1 ? "/v9/" + i : "[[],0,0]");
            }
        }
    }

    @Test
    void fragmentedRequestIsAssembled() throws Exception {
        try (Connection connection = wire.connect()) {
            String request = "POST /publish/demo/demo/0/bits/0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "2\r\n[1\r\n2\r\n,2\r\n1\r\n]\r\n0\r\n\r\n";
            for (byte b : request.getBytes(StandardCharsets.UTF_8)) {
                connection.write(new byte[]{b});
            }
            assertThat(connection.read().status()).isEqualTo(200);
        }
        assertThat(wire.get("/v2/history/sub-key/demo/channel/bits").body()).startsWith("[[[1,2]],");
    }

    @Test
    void connectionHeaderIsHonoured() throws Exception {
        try (Connection connection = wire.connect()) {
            connection.get("/time/0");
            assertThat(connection.read().headers().get("connection")).isEqualTo("keep-alive");
            connection.write("GET /time/0 HTTP/1.1\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(connection.read().headers().get("connection")).isEqualTo("close");
            assertThat(connection.isEnded()).isTrue();
        }
        try (Connection connection = wire.connect()) {
            connection.write("GET /time/0 HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.isEnded()).isTrue();
        }
    }

    @Test
    void halfClosedClientGetsItsResponse() throws Exception {
        try (Connection connection = wire.connect()) {
            connection.get("/publish/demo/demo/0/half/0/1");
            connection.socket().shutdownOutput();
            assertThat(connection.read().body()).contains("Sent");
            assertThat(connection.isEnded()).isTrue();
        }
    }

    @Test
    void expectContinueGets100() throws Exception {
        try (Connection connection = wire.connect()) {
            connection.write(("POST /publish/demo/demo/0/expect/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
                    + "Expect: 100-continue\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            assertThat(connection.read(false).status()).isEqualTo(100);
            connection.write(new byte[]{'1'});
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }

    @Test
    void expectContinueOfALargeBodyGets413() throws Exception {
        try (Connection connection = wire.connect()) {
            connection.write(("POST /publish/demo/demo/0/expect/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n"
                    + "Expect: 100-continue\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            assertThat(connection.read().status()).isEqualTo(413);
            assertThat(connection.isEnded()).isTrue();
        }
    }

    @Test
    void unreadResponsesStopFurtherRequests() throws Exception {
        for (int i = 0; i < 60; i++) {
            wire.publish("greedy", "\"" + "x".repeat(30_000) + "\"");
        }
        try (Connection connection = wire.connect()) {
            byte[] request = "GET /v2/history/sub-key/demo/channel/greedy HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(StandardCharsets.UTF_8);
            int requests = 400; // of 1.8 MB each
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        connection.write(request);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().until(() -> directMemory() > 0);
            TimeUnit.MILLISECONDS.sleep(500); // in which it could become too much
            assertThat(directMemory()).as("bytes that wait for the client").isBetween(1L, 40_000_000L);
            for (int i = 0; i < requests; i++) {
                assertThat(connection.read().status()).isEqualTo(200);
            }
            sender.join();
        }
    }

    private static long directMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
    }

    @Test
    void absoluteRequestTargetsAreServed() {
        assertThat(wire.raw("GET http://somewhere:80/time/0?x=/ HTTP/1.1\r\nHost: y\r\n\r\n").status()).isEqualTo(200);
        assertThat(wire.raw("OPTIONS * HTTP/1.1\r\nHost: y\r\n\r\n").status()).isEqualTo(204);
        assertThat(wire.raw("GET time HTTP/1.1\r\nHost: y\r\n\r\n").status()).isEqualTo(400);
    }

    @Test
    void queriesAreDecodedByTheirRules() {
        wire.get("/publish/demo/demo/0/q/0/1?uuid=a+b&uuid=second&&=x&flag");
        assertThat(wire.get("/v2/subscribe/demo/q/0?tt=1").json().at("/m/0/i").asText()).isEqualTo("a+b");
        wire.get("/publish/demo/demo/0/p+q/0/1");
        assertThat(wire.get("/v2/history/sub-key/demo/channel/p%2Bq").json().get(0)).hasSize(1);
    }

    /** As the awaited flavours of the Python SDK send a user id with spaces. */
    @Test
    void aQueryMayHaveSpaces() throws Exception {
        try (Connection connection = wire.connect()) {
            for (String spaced : List.of("+49 151 1234567", "a  b", "Zo\u00eb \u00fcn\u00ef", "x HTTP/1.1")) {
                String channel = "spaced-" + System.nanoTime();
                connection.get("/publish/demo/demo/0/" + channel + "/0/1?uuid=" + spaced + "&seqn=1");
                assertThat(connection.read().status()).isEqualTo(200);
                connection.get("/v2/subscribe/demo/" + channel + "/0?tt=1&pnsdk=X Y 1");
                assertThat(connection.read().json().at("/m/0/i").asText()).isEqualTo(spaced);
            }
        }
        for (String line : List.of("GET /time/0 ?x HTTP/1.1", "GET /time/0?x y", "GET /time/0?x y HTTP/2.7x",
                "GET /time/0?x\ty HTTP/1.1", "GET /time/0?x y\u000bz HTTP/1.1", "GET /a b?c HTTP/1.1")) {
            assertThat(wire.raw(line + "\r\nHost: y\r\n\r\n").status()).as(line).isEqualTo(400);
        }
    }

    /** RFC 9112, 3.2 and 5.2. */
    @ParameterizedTest
    @ValueSource(strings = {"GET /time/0 HTTP/1.1\r\n\r\n", "GET /time/0 HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET /time/0 HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "GET /time/0 HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET /time/0 HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET /time/0 HTTP/1.1\r\nHost: u@a\r\n\r\n",
            "GET /time/0 HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
            "GET /time/0 HTTP/1.1\r\nHost: a\r\n\tX: 1\r\n\r\n",
            "\r\n\r\nGET /time/0 HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
            "GET /time/0 HTTP/1.1\nHost: a\n X: 1\n\n"})
    void malformedHeadIsRefused(String head) throws Exception {
        try (Connection connection = wire.connect()) {
            connection.write(head.getBytes(StandardCharsets.US_ASCII));
            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.isEnded()).isTrue();
        }
    }

    @Test
    void foldedHeaderIsDetectedInAnyFragments() throws Exception {
        String first = "GET /time/0 HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n";
        String second = "GET /time/0 HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n";
        try (Connection connection = wire.connect()) {
            for (byte b : first.getBytes(StandardCharsets.US_ASCII)) {
                connection.write(new byte[]{b});
            }
            assertThat(connection.read().status()).isEqualTo(200);
            for (byte b : second.substring(0, second.indexOf(" 2")).getBytes(StandardCharsets.US_ASCII)) {
                connection.write(new byte[]{b});
            }
            connection.write(" ".getBytes(StandardCharsets.US_ASCII));
            assertThat(connection.read().status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8090", "127.0.0.1", "127.0.0.1:1", "[::1]:8090", "a.localhost",
            "manicule", "localhost."})
    void localHostNamesAreServed(String host) {
        assertThat(wire.raw("GET /time/0 HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status()).isEqualTo(200);
    }

    /** A page of evil.example has had its name lead to this machine: to its browser, this server is of its origin. */
    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8090", "127.0.0.1.evil.example", "localhost.evil.example"})
    void foreignHostNamesAreRefusedOverLoopback(String host) {
        Answer answer = wire.raw("GET /publish/demo/demo/0/rebound/0/1 HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertThat(answer.status()).isEqualTo(421);
        assertThat(answer.json().get("message").asText()).contains("`hosts`");
        assertThat(wire.get("/v3/history/sub-key/demo/channel/rebound").json().get("channels")).isEmpty();
    }

    @Test
    void aStreamForHttp10HasNoChunks() throws Exception {
        long message = wire.publish("old", "1");
        try (Connection connection = wire.connect()) {
            connection.write(("GET /v2/stream/demo/old?tt=" + (message - 1) + " HTTP/1.0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            Answer head = connection.read(false);
            assertThat(head.headers()).doesNotContainKey("transfer-encoding").containsEntry("connection", "close");
            byte[] begin = connection.read(3);
            assertThat(new String(begin, StandardCharsets.US_ASCII)).isEqualTo("id:");
        }
    }

    @Test
    void largePageIsSentInParts() throws Exception {
        String text = "x".repeat(30_000);
        for (int i = 0; i < 40; i++) {
            wire.publish("parts", "\"" + i + text + "\"");
        }
        for (String path : List.of("/v3/history/sub-key/demo/channel/parts", "/v2/history/sub-key/demo/channel/parts",
                "/v3/history/sub-key/demo/channel/parts,other?max=25")) {
            Answer plain = wire.get(path);
            assertThat(plain.headers()).containsEntry("transfer-encoding", "chunked");
            assertThat(plain.bytes().length).isGreaterThan(700_000);
            assertThat(plain.json().toString()).contains("39" + text);
            Answer gzipped = wire.send("GET", path, null, "Accept-Encoding: gzip");
            assertThat(gzipped.headers()).containsEntry("content-encoding", "gzip");
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzipped.bytes()))) {
                assertThat(in.readAllBytes()).isEqualTo(plain.bytes());
            }
            Answer named = wire.send("GET", path, null, "Accept: application/json");
            assertThat(named.headers()).containsEntry("content-type", "application/json")
                    .containsEntry("transfer-encoding", "chunked");
            assertThat(named.bytes()).isEqualTo(plain.bytes());
            assertThat(wire.raw("GET " + path + " HTTP/1.0\r\n\r\n").headers())
                    .doesNotContainKey("transfer-encoding");
        }
        assertThat(wire.get("/v3/history/sub-key/demo/channel/parts").json().at("/channels/parts")).hasSize(40);
        assertThat(wire.get("/v2/history/sub-key/demo/channel/parts").json().get(0)).hasSize(40);
    }
}
