package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Server-sent events and WebSocket, with the clients that the JDK has and with plain sockets. */
class StreamWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withPollTimeout(Duration.ofSeconds(1)));

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Wire wire = SERVER.wire();
    private final HttpClient http = HttpClient.newHttpClient();
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
    }

    @AfterEach
    void close() {
        http.shutdownNow();
    }

    /** A client of server-sent events, as a browser is one: it keeps the last id. */
    private static final class Browser implements AutoCloseable {
        final List<String> data = Collections.synchronizedList(new ArrayList<>());
        volatile String lastId = "";
        volatile boolean ended;
        private final BufferedReader reader;

        Browser(HttpClient http, String url, @Nullable String lastEventId) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("Accept", "text/event-stream");
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            var response = http.send(request.build(), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=UTF-8");
            assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
            reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (line.startsWith("id: ")) {
                        lastId = line.substring(4);
                    } else if (line.startsWith("data: ")) {
                        data.add(line.substring(6));
                    } else {
                        assertThat(line).isIn("", ":");
                    }
                }
                ended = true;
            } catch (IOException e) {
                // closed by the test
            }
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    private static final class Socketed implements WebSocket.Listener {
        final List<JsonNode> answers = Collections.synchronizedList(new ArrayList<>());
        volatile int closeStatus;
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    answers.add(JSON.readTree(text.toString()));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closeStatus = status;
            return null;
        }

        List<Integer> payloads() {
            List<Integer> payloads = new ArrayList<>();
            for (JsonNode answer : List.copyOf(answers)) {
                answer.get("m").forEach(envelope -> payloads.add(envelope.get("d").asInt()));
            }
            return payloads;
        }
    }

    private String url(String query) {
        return "http://" + SERVER.origin() + "/v2/stream/demo/" + channel + query;
    }

    @Test
    void serverSentEventsAreTheEnvelopesWithTheirTimetokensAsIds() throws Exception {
        try (Browser browser = new Browser(http, url("?uuid=bob"), null)) {
            await().until(() -> browser.lastId.matches("\\d{17}"));
            long message = wire.publish(channel, "{\"a\":\r\n[1,\n2]}");
            long action = wire.add(channel, message, "reaction", "smile", "alice");
            await().until(() -> browser.data.size() == 2);
            JsonNode first = JSON.readTree(browser.data.get(0));
            assertThat(first.get("d").toString()).isEqualTo("{\"a\":[1,2]}");
            assertThat(first.get("b").asText()).isEqualTo(channel);
            assertThat(first.at("/p/t").asLong()).isEqualTo(message);
            assertThat(JSON.readTree(browser.data.get(1)).at("/d/event").asText()).isEqualTo("added");
            assertThat(browser.lastId).isEqualTo(String.valueOf(action));
            await().until(() -> wire.get("/v2/presence/sub-key/demo/channel/" + channel)
                    .json()
                    .get("occupancy")
                    .asInt() == 1);
        }
    }

    @Test
    void reconnectWithLastEventIdMissesNothing() throws Exception {
        String lastId;
        try (Browser browser = new Browser(http, url(""), null)) {
            await().until(() -> !browser.lastId.isEmpty());
            wire.publish(channel, "0");
            await().until(() -> browser.data.size() == 1);
            lastId = browser.lastId;
        }
        for (int i = 1; i <= 250; i++) {
            wire.publish(channel, "" + i);
        }
        try (Browser back = new Browser(http, url("?tt=1"), lastId)) { // the field counts more than the query
            await().until(() -> back.data.size() >= 250);
            wire.publish(channel, "251");
            await().until(() -> back.data.size() >= 251);
            List<Integer> payloads = new ArrayList<>();
            for (String data : back.data) {
                payloads.add(JSON.readTree(data).get("d").asInt());
            }
            assertThat(payloads).isEqualTo(IntStream.rangeClosed(1, 251).boxed().toList());
        }
    }

    @Test
    void aWebSocketGetsWhatALongPollWouldGet() throws Exception {
        Socketed listener = new Socketed();
        WebSocket socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(url("?uuid=bob").replace("http:", "ws:")), listener)
                .get(5, TimeUnit.SECONDS);
        await().until(() -> listener.answers.size() == 1);
        long begin = listener.answers.getFirst().at("/t/t").asLong();
        for (int i = 0; i < 300; i++) {
            wire.publish(channel, "" + i);
        }
        await().until(() -> listener.payloads().size() == 300);
        assertThat(listener.payloads()).isEqualTo(IntStream.range(0, 300).boxed().toList());
        long cursor = listener.answers.getLast().at("/t/t").asLong();
        Answer polled = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + begin);
        assertThat(polled.json().at("/m/0")).isEqualTo(listener.answers.get(1).at("/m/0"));
        socket.sendText("whatever", true).get(5, TimeUnit.SECONDS);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(5, TimeUnit.SECONDS);
        await().until(() -> listener.closeStatus == WebSocket.NORMAL_CLOSURE);

        wire.publish(channel, "300");
        Socketed back = new Socketed();
        http.newWebSocketBuilder()
                .buildAsync(URI.create(url("?tt=" + cursor).replace("http:", "ws:")), back)
                .get(5, TimeUnit.SECONDS);
        await().until(() -> back.payloads().equals(List.of(300)));
    }

    @Test
    void streamsSupportFiltersWildcardsAndGroups() throws Exception {
        wire.get("/v1/channel-registration/sub-key/demo/channel-group/g" + channel + "?add=" + channel + "-in-group");
        String path = "http://" + SERVER.origin() + "/v2/stream/demo/" + channel + ".*?channel-group=g" + channel
                + "&filter-expr=" + Wire.encode("data > 1");
        try (Browser browser = new Browser(http, path, null)) {
            await().until(() -> !browser.lastId.isEmpty());
            wire.publish(channel + ".x", "1");
            wire.publish(channel + ".x", "2");
            wire.publish(channel + "-in-group", "3");
            long last = wire.publish(channel + ".x", "0");
            await().until(() -> browser.data.size() == 2);
            assertThat(JSON.readTree(browser.data.get(0)).get("b").asText()).isEqualTo(channel + ".*");
            assertThat(JSON.readTree(browser.data.get(1)).get("b").asText()).isEqualTo("g" + channel);
            await().until(() -> Long.parseLong(browser.lastId) >= last); // also past what was filtered out
        }
    }

    @Test
    void invalidStreamRequestsAreRefusedLikePolls() throws Exception {
        for (String query : List.of("?tt=x", "?filter-expr=%3D")) {
            assertThat(wire.get("/v2/stream/demo/" + channel + query).status()).isEqualTo(400);
        }
        assertThat(wire.send("GET", "/v2/stream/demo/" + channel, null, "Last-Event-ID: nonsense").status())
                .isEqualTo(400);
        assertThat(wire.send("POST", "/v2/stream/demo/" + channel, new byte[0]).status()).isEqualTo(405);
    }

    /** RFC 6455, 4.4: the client learns what to do, and gets no stream that it can't read. */
    @Test
    void invalidWebSocketUpgradeIsRefused() {
        String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        String version = "Sec-WebSocket-Version: 13";
        for (List<String> others : List.of(List.of(key), List.of(key, "Sec-WebSocket-Version: 8"),
                List.of(key, version, "Sec-WebSocket-Version: 8"))) {
            Answer answer = asksForWebSocket(others);
            assertThat(answer.status()).as("%s", others).isEqualTo(426);
            assertThat(answer.headers()).containsEntry("sec-websocket-version", "13")
                    .containsEntry("upgrade", "websocket");
            assertThat(answer.json().get("message").asText()).contains("13");
        }
        for (List<String> keys : List.of(List.of(version), List.of(version, "Sec-WebSocket-Key: short"),
                List.of(version, key, key))) {
            Answer answer = asksForWebSocket(keys);
            assertThat(answer.status()).as("%s", keys).isEqualTo(400);
            assertThat(answer.json().get("message").asText()).contains("Sec-WebSocket-Key");
        }
        assertThat(wire.send("GET", "/time/0", null, "Connection: Upgrade", "Upgrade: h2c").status()).isEqualTo(200);
        assertThat(wire.send("GET", "/time/0", null, "Upgrade: websocket").status()).as("not asked for").isEqualTo(200);
    }

    private Answer asksForWebSocket(List<String> fields) {
        List<String> all = new ArrayList<>(List.of("Connection: Upgrade", "Upgrade: websocket"));
        all.addAll(fields);
        return wire.send("GET", "/v2/stream/demo/" + channel, null, all.toArray(String[]::new));
    }

    /** What goes to many goes another way than what goes to one: pieces of every size of frame must be the same there. */
    @Test
    void manySubscribersGetTheSameMessageOfAnySize() throws Exception {
        List<Socketed> sockets = new ArrayList<>();
        List<Browser> browsers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Socketed socket = new Socketed();
            sockets.add(socket);
            http.newWebSocketBuilder()
                    .buildAsync(URI.create(url("").replace("http:", "ws:")), socket)
                    .get(5, TimeUnit.SECONDS);
            browsers.add(new Browser(http, url(""), null));
        }
        await().until(() -> sockets.stream().allMatch(socket -> socket.answers.size() == 1)
                && browsers.stream().noneMatch(browser -> browser.lastId.isEmpty()));
        long begin = sockets.getFirst().answers.getFirst().at("/t/t").asLong();
        List<String> texts = new ArrayList<>();
        for (int size : new int[]{1, 100, 1_000, 20_000, 32_000}) {
            texts.add("☞" + "x".repeat(size));
            wire.publish(channel, JSON.writeValueAsString(texts.getLast()));
            int told = texts.size();
            await().until(() -> sockets.stream().allMatch(socket -> socket.answers.size() == told + 1)
                    && browsers.stream().allMatch(browser -> browser.data.size() == told));
        }
        JsonNode polled = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + begin).json().get("m");
        for (int i = 0; i < texts.size(); i++) {
            assertThat(polled.at("/" + i + "/d").asText()).isEqualTo(texts.get(i));
            for (Socketed socket : sockets) {
                assertThat(socket.answers.get(i + 1).at("/m/0")).isEqualTo(polled.get(i));
            }
            for (Browser browser : browsers) {
                assertThat(JSON.readTree(browser.data.get(i))).isEqualTo(polled.get(i));
            }
        }
    }

    /** Frames above 65,535 bytes have a longer head; so much comes when many messages wait at once. */
    @Test
    void lateReadersGetTheSameMessages() throws Exception {
        List<Socket> lazy = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port());
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /v2/stream/demo/" + channel + " HTTP/1.1\r\nHost: x\r\n"
                            + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            lazy.add(socket);
        }
        await().until(() -> lazy.stream().allMatch(socket -> available(socket) > 150));
        int count = 400;
        for (int i = 0; i < count; i++) { // 12 MB, of which the connections buffer a little
            wire.publish(channel, "\"" + i + "-" + "x".repeat(30_000) + "\"");
        }
        for (Socket socket : lazy) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            for (int last = 0; last != 0x0D0A0D0A;) { // the end of the head
                last = last << 8 | in.readUnsignedByte();
            }
            List<String> told = new ArrayList<>();
            while (told.size() < count) {
                assertThat(in.readUnsignedByte()).isEqualTo(0x81);
                int small = in.readUnsignedByte();
                long size = small == 127 ? in.readLong() : small == 126 ? in.readUnsignedShort() : small;
                JsonNode answer = JSON.readTree(in.readNBytes((int) size));
                answer.get("m").forEach(envelope -> told.add(envelope.get("d").asText()));
            }
            assertThat(told).hasSize(count);
            for (int i = 0; i < count; i++) {
                assertThat(told.get(i)).startsWith(i + "-x").hasSize(30_001 + ("" + i).length());
            }
            socket.close();
        }
    }

    private static int available(Socket socket) {
        try {
            return socket.getInputStream().available();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void slowReaderDelaysNoOthersAndFillsNoMemory() throws Exception {
        try (Socket lazy = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
            lazy.getOutputStream()
                    .write(("GET /v2/stream/demo/" + channel + "?tt=1 HTTP/1.1\r\nHost: x\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String large = "\"" + "x".repeat(30_000) + "\"";
            for (int i = 0; i < 1_000; i++) { // 30 MB, of which the connection buffers a little
                wire.publish(channel, large);
            }
            lazy.setSoTimeout(10_000);
            byte[] buffer = new byte[1 << 16];
            for (int read = 0; read < 30_000_000;) { // all of it comes, when it is read
                int count = lazy.getInputStream().read(buffer);
                assertThat(count).isPositive();
                read += count;
            }
        }
    }

    @Test
    void aStreamEndsInOrderWhenTheServerStops(@TempDir Path folder) throws Exception {
        Manicule server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0).withData(folder));
        String url = "http://127.0.0.1:" + server.port() + "/v2/stream/demo/a";
        Socketed listener = new Socketed();
        http.newWebSocketBuilder()
                .buildAsync(URI.create(url.replace("http:", "ws:")), listener)
                .get(5, TimeUnit.SECONDS);
        try (Browser browser = new Browser(http, url, null)) {
            await().until(() -> !browser.lastId.isEmpty() && listener.answers.size() == 1);
            long begin = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
            await().until(() -> browser.ended && listener.closeStatus == 1001);
        }
    }

    /** What a browser would never send: the close frame says what is wrong (RFC 6455, 7.4.1). */
    @Test
    void badFramesEndTheConnectionWithACloseFrame() throws Exception {
        List<Map.Entry<byte[], Integer>> bad = new ArrayList<>();
        bad.add(Map.entry(new byte[]{(byte) 0x81, 0x05, 'h', 'e', 'l', 'l', 'o'}, 1002)); // not masked
        bad.add(Map.entry(new byte[]{(byte) 0xFF, (byte) 0x80, 0, 0, 0, 0}, 1002)); // of a kind that there is not
        bad.add(Map.entry(new byte[]{(byte) 0x89, (byte) 0xFE, 1, 0, 0, 0, 0, 0}, 1002)); // a ping of 256 bytes
        bad.add(Map.entry(new byte[]{(byte) 0x88, (byte) 0x81, 0, 0, 0, 0, 3}, 1002)); // a close with half a status
        bad.add(Map.entry(new byte[]{(byte) 0x81, (byte) 0xFF, 0x7F, -1, -1, -1, -1, -1, -1, -1}, 1009)); // of a monstrous length
        bad.add(Map.entry(new byte[]{(byte) 0x82, (byte) 0xFE, 0x20, 0, 0, 0, 0, 0}, 1009)); // of 8 KiB
        bad.add(Map.entry(new byte[]{(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, (byte) 0xC3, '('}, 1007)); // no UTF-8
        bad.add(Map.entry(
                new byte[]{0x01, (byte) 0x81, 0, 0, 0, 0, (byte) 0xC3, (byte) 0x80, (byte) 0x81, 0, 0, 0, 0, '('},
                1007));
        for (Map.Entry<byte[], Integer> frame : bad) {
            try (Socket socket = webSocket("")) {
                socket.getOutputStream().write(frame.getKey());
                byte[] rest = socket.getInputStream().readAllBytes(); // ends
                assertThat(rest.length).as(Arrays.toString(rest)).isBetween(4, 1000);
                assertThat(closeStatus(rest)).as(Arrays.toString(frame.getKey())).isEqualTo(frame.getValue());
            }
        }
        assertThat(wire.get("/time/0").status()).isEqualTo(200);
    }

    /** The status of the close frame at the end: what comes before are short frames. */
    private static int closeStatus(byte[] frames) {
        int at = 0;
        while (frames[at] != (byte) 0x88) {
            at += 2 + (frames[at + 1] == 126 ? 2 + (frames[at + 2] << 8) + (frames[at + 3] & 0xFF) : frames[at + 1]);
        }
        return (frames[at + 2] & 0xFF) << 8 | (frames[at + 3] & 0xFF);
    }

    private Socket webSocket(String query) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port());
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("GET /v2/stream/demo/" + channel + query + " HTTP/1.1\r\nHost: x\r\n"
                        + "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        byte[] head = socket.getInputStream().readNBytes(129);
        assertThat(new String(head, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 101 ")
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        return socket;
    }

    /** The kernel of its machine acknowledges what is sent; the client itself answers nothing. */
    @Test
    void missingPongEndsPresence() throws Exception {
        String hereNow = "/v2/presence/sub-key/demo/channel/" + channel;
        try (Socket dead = webSocket("?uuid=dead&heartbeat=5"); Socket live = webSocket("?uuid=live&heartbeat=5")) {
            Thread.startVirtualThread(() -> answerPings(live));
            await().until(() -> wire.get(hereNow).json().get("occupancy").asInt() == 2);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> wire.get(hereNow).json().get("uuids").toString().equals("[\"live\"]"));
            dead.getOutputStream().write(new byte[]{(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0});
            await().until(() -> wire.get(hereNow).json().get("occupancy").asInt() == 2);
        }
    }

    private static void answerPings(Socket socket) {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int kind = in.readUnsignedByte();
                int size = in.readUnsignedByte();
                in.skipNBytes(size == 126 ? in.readUnsignedShort() : size);
                if (kind == 0x89) {
                    socket.getOutputStream().write(new byte[]{(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0});
                }
            }
        } catch (IOException e) {
            // closed by the test
        }
    }

    @Test
    void idleStreamsCursorAdvances() throws Exception {
        try (Browser browser = new Browser(http, url(""), null)) {
            await().until(() -> !browser.lastId.isEmpty());
            long last = wire.publish(channel + "-other", "1");
            await().until(() -> Long.parseLong(browser.lastId) >= last);
            assertThat(browser.data).isEmpty();
        }
    }
}
