package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.server.Manicule;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each limit, set low: what happens, and that it is counted. */
class LimitsWireTest {
    private static final String LARGE = "\"" + "x".repeat(30_000) + "\"";

    @TestFactory
    Stream<DynamicTest> everyLimitIsEnforced() {
        return Stream.of(Limit.values()).map(limit -> dynamicTest(limit.setting(), () -> {
            Path folder = Folders.temporary();
            long low = Math.max(limit.least(), switch (limit) {
                case POLLS_BY_UUID, PRESENCE_MEMBERS_BY_KEYSET -> 2;
                case CONNECTIONS, CONNECTIONS_BY_ADDRESS -> 3;
                case REQUESTS_PER_SECOND_BY_ADDRESS, REQUESTS_PER_SECOND_BY_KEYSET -> 5;
                default -> 1;
            });
            ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0)
                    .withData(folder.resolve("data"))
                    .withLimits(Map.of(limit, low))
                    .withTrustedProxies(List.of());
            if (limit == Limit.KEY_GRANTS_BY_KEYSET) { // only where there is a secret key
                config = config.withKeysets(List.of(Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1"))))
                        .withMetricsFrom(AddressRange.LOOPBACK);
            }
            try (Manicule server = Manicule.start(config)) {
                Wire wire = new Wire(server.port());
                reach(limit, wire);
                await().ignoreExceptions().until(() -> wire.get("/time/0").status() == 200);
                await().ignoreExceptions().until(() -> figure(wire, "manicule_limit_rejections_total", limit) > 0);
                await().ignoreExceptions().until(() -> figure(wire, "manicule_limit", limit) == low);
            } finally {
                Folders.delete(folder);
            }
        }));
    }

    /** What a keyset says of itself wins over what is usual. */
    @Test
    void aKeysetHasARateOfItsOwn() throws Exception {
        Path folder = Folders.temporary();
        Keyset slow = Keyset.of("slow", "p").with(new Keyset.Policy(false, null, 3, List.of()));
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withKeysets(List.of(slow, Keyset.of("fast", "p")));
        try (Manicule server = Manicule.start(config)) {
            Wire wire = new Wire(server.port());
            for (int i = 0; i < 10; i++) {
                assertThat(wire.get("/publish/p/fast/0/c/0/1").status()).isEqualTo(200);
            }
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                statuses.add(wire.get("/publish/p/slow/0/c/0/1").status());
            }
            assertThat(statuses.subList(0, 3)).containsOnly(200);
            assertThat(statuses).contains(429);
        } finally {
            Folders.delete(folder);
        }
    }

    /** Three who share a uuid that may have two polls: each is served, and none keeps the others running in circles. */
    @Test
    void excessPollDoesNotEvictOthersInCircles() throws Exception {
        Path folder = Folders.temporary();
        try (Manicule server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withLimits(Map.of(Limit.POLLS_BY_UUID, 2L)))) {
            Wire wire = new Wire(server.port());
            String poll = "/v2/subscribe/demo/c/0?uuid=u&tt=" + wire.get("/time/0").json().get(0).asText();
            AtomicInteger answers = new AtomicInteger();
            long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
                for (int i = 0; i < 3; i++) {
                    var _ = threads.submit(() -> {
                        while (System.nanoTime() < end) {
                            wire.get(poll);
                            answers.incrementAndGet();
                        }
                    });
                }
                Thread.sleep(4_200);
                wire.publish("c", "1"); // all come to an end
            }
            assertThat(answers.get()).isBetween(3, 15);
        } finally {
            Folders.delete(folder);
        }
    }

    /** A figure of the metrics, −1 when they can't be had just now. */
    private static double figure(Wire wire, String name, Limit limit) {
        String line = name + "{limit=\"" + limit.setting() + "\"} ";
        return wire.get("/metrics")
                .body()
                .lines()
                .filter(each -> each.startsWith(line))
                .mapToDouble(each -> Double.parseDouble(each.substring(line.length())))
                .findFirst()
                .orElse(-1);
    }

    private static void reach(Limit limit, Wire wire) throws Exception {
        switch (limit) {
            case URI_BYTES -> assertThat(wire.get("/time/0?x=" + "x".repeat(2_000)).status()).isEqualTo(414);
            case HEADER_BYTES -> assertThat(wire.send("GET", "/time/0", null, "X-X: " + "x".repeat(2_000)).status())
                    .isEqualTo(431);
            case BODY_BYTES -> assertThat(wire.post("/publish/demo/demo/0/c/0", LARGE).status()).isEqualTo(413);
            case INFLATED_BYTES -> {
                ByteArrayOutputStream bomb = new ByteArrayOutputStream();
                try (OutputStream gzip = new GZIPOutputStream(bomb)) {
                    gzip.write(new byte[1_000_000]);
                }
                assertThat(wire.send("POST", "/publish/demo/demo/0/c/0", bomb.toByteArray(), "Content-Encoding: gzip")
                        .status()).isEqualTo(413);
            }
            case CONNECTIONS, CONNECTIONS_BY_ADDRESS -> {
                List<Connection> open = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    open.add(wire.connect());
                    open.getLast().get("/time/0");
                    assertThat(open.getLast().read().status()).isEqualTo(200);
                }
                try (Connection one = wire.connect()) {
                    Answer answer = one.read(); // not a word was said
                    assertThat(answer.status()).isEqualTo(503);
                    assertThat(answer.headers()).containsKey("retry-after").containsEntry("connection", "close");
                    assertThat(answer.json().get("message").asText()).isEqualTo("Too many connections");
                    assertThat(one.isEnded()).isTrue();
                }
                open.getFirst().get("/time/0");
                assertThat(open.getFirst().read().status()).as("who was there before").isEqualTo(200);
                for (Connection each : open) {
                    each.close();
                }
            }
            case REQUESTS_IN_FLIGHT, WRITES_WAITING -> {
                Answer refused = crowd(() -> wire.post("/publish/demo/demo/0/c/0", "1"), 503);
                assertThat(refused.headers()).containsKey("retry-after");
                assertThat(refused.body()).matches("\\[0,\"Too many (requests|writes) are .*\",\"\\d{17}\"]");
            }
            case WRITE_BYTES_WAITING -> crowd(() -> wire.post("/publish/demo/demo/0/c/0", LARGE), 503);
            case TASKS_WAITING -> {
                for (int i = 0; i < 100; i++) {
                    wire.post("/publish/demo/demo/0/c/0", LARGE);
                }
                Answer refused = crowd(() -> wire.get("/v3/history/sub-key/demo/channel/c"), 503);
                assertThat(refused.headers()).containsKey("retry-after");
            }
            case REQUESTS_PER_SECOND_BY_ADDRESS, REQUESTS_PER_SECOND_BY_KEYSET -> {
                Supplier<Answer> request = () -> wire.get("/publish/demo/demo/0/c/0/1");
                Answer refused = request.get();
                for (int i = 0; i < 20 && refused.status() == 200; i++) {
                    refused = request.get();
                }
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.headers()).containsEntry("retry-after", "1");
                Answer poll = wire.get("/v2/subscribe/demo/c/0?tt=0");
                assertThat(poll.status()).as("a poll waits").isEqualTo(200);
                await().atMost(Duration.ofSeconds(3)).until(() -> request.get().status() == 200);
            }
            case POLLS_BY_UUID -> {
                String now = wire.get("/time/0").json().get(0).asText();
                try (Connection first = wire.connect();
                        Connection second = wire.connect();
                        Connection third = wire.connect();
                        Connection other = wire.connect()) {
                    String poll = "/v2/subscribe/demo/c/0?tt=" + now + "&uuid=";
                    first.get(poll + "u");
                    await().until(() -> wire.get("/metrics").body().contains("manicule_polls_parked 1.0\n"));
                    second.get(poll + "u");
                    other.get(poll + "v");
                    await().until(() -> wire.get("/metrics").body().contains("manicule_polls_parked 3.0\n"));
                    third.get("/v2/stream/demo/c?uuid=u&tt=" + now);
                    Answer released = first.read();
                    assertThat(released.json().at("/t/t").asLong()).isGreaterThan(Long.parseLong(now));
                    assertThat(released.json().get("m")).isEmpty();
                    wire.publish("c", "1");
                    assertThat(second.read().json().get("m")).hasSize(1);
                    assertThat(other.read().json().get("m")).hasSize(1);
                }
            }
            case IDLE_SECONDS -> {
                try (Connection idle = wire.connect(); Connection poll = wire.connect()) {
                    idle.get("/time/0");
                    idle.read();
                    String now = wire.get("/time/0").json().get(0).asText();
                    poll.get("/v2/subscribe/demo/c/0?tt=" + now);
                    long begin = System.nanoTime();
                    assertThat(idle.isEnded()).isTrue();
                    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(900),
                            Duration.ofSeconds(3));
                    wire.publish("c", "1");
                    assertThat(poll.read().json().get("m")).as("who waits is not idle").hasSize(1);
                }
            }
            case REQUEST_SECONDS -> {
                for (String part : List.of("GET /time/0 HTTP/1.1\r\nHost: x\r\n",
                        "POST /publish/demo/demo/0/c/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n\"ab", "G")) {
                    try (Connection slow = wire.connect()) {
                        slow.write(part.getBytes(StandardCharsets.US_ASCII));
                        Answer answer = slow.read();
                        assertThat(answer.status()).isEqualTo(408);
                        assertThat(slow.isEnded()).isTrue();
                    }
                }
                try (Connection silent = wire.connect()) {
                    assertThat(silent.isEnded()).isTrue();
                }
                readersAreLetGoOfWhenTheyReadNothing(wire);
            }
            case PRESENCE_MEMBERS_BY_KEYSET -> {
                for (String uuid : List.of("a", "b", "c")) {
                    assertThat(wire.get("/v2/presence/sub-key/demo/channel/c/heartbeat?uuid=" + uuid).status())
                            .isEqualTo(200);
                }
                String here = "/v2/presence/sub-key/demo/channel/c";
                assertThat(wire.get(here).json().get("uuids").toString()).isEqualTo("[\"a\",\"b\"]");
                wire.get(here + "/leave?uuid=a");
                wire.get(here + "/heartbeat?uuid=c");
                assertThat(wire.get(here).json().get("uuids").toString()).isEqualTo("[\"b\",\"c\"]");
            }
            case HELD_BYTES -> {
                List<Connection> open = new ArrayList<>();
                Answer refused = null;
                for (int i = 0; i < 100 && refused == null; i++) { // 3 MB of bodies that do not end
                    open.add(wire.connect());
                    open.getLast()
                            .write(("POST /publish/demo/demo/0/c/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 32000"
                                    + "\r\n\r\n" + LARGE).getBytes(StandardCharsets.US_ASCII));
                    if (wire.get("/time/0").status() == 503
                            || figure(wire, "manicule_limit_rejections_total", limit) > 0) {
                        refused = open.getLast().read();
                    }
                }
                assertThat(refused).isNotNull();
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.headers()).containsKey("retry-after");
                assertThat(wire.get("/time/0").status()).as("of others").isEqualTo(200);
                for (Connection each : open) {
                    each.close();
                }
                await().until(() -> wire.get("/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("manicule_limit_usage{resource=\"memory\"}"))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                        .sum() < 5_000); // the request for the metrics itself
            }
            case HELD_BYTES_BY_CONNECTION -> {
                for (int i = 0; i < 12; i++) {
                    assertThat(wire.tryAdd("c", 5, "t", i + "x".repeat(25_000), "u").status()).isEqualTo(200);
                }
                Answer refused = wire.get("/v1/message-actions/demo/channel/c");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.headers()).containsKey("retry-after");
                assertThat(wire.get("/v1/message-actions/demo/channel/c?limit=1").status()).isEqualTo(200);
            }
            case ACTION_TYPE_BYTES -> {
                assertThat(wire.tryAdd("c", 5, "t", "v", "u").status()).isEqualTo(200);
                Answer refused = wire.tryAdd("c", 5, "é", "v", "u");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().at("/error/details/0/location").asText()).isEqualTo("type");
            }
            case ACTION_VALUE_BYTES -> {
                Answer refused = wire.tryAdd("c", 5, "t", "é", "u");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().at("/error/details/0/location").asText()).isEqualTo("value");
            }
            case ACTION_BYTES_BY_MESSAGE -> {
                assertThat(wire.tryAdd("c", 5, "t", "x".repeat(600), "u").status()).isEqualTo(200);
                Answer refused = wire.tryAdd("c", 5, "t", "x".repeat(600), "v");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().at("/error/message").asText()).contains("Maximum size");
                assertThat(wire.tryAdd("c", 6, "t", "x".repeat(600), "v").status()).as("elsewhere").isEqualTo(200);
            }
            case PRESENCE_BYTES -> {
                String here = "/v2/presence/sub-key/demo/channel/c";
                for (int i = 0; i < 500; i++) {
                    assertThat(wire.get(here + "/heartbeat?uuid=u" + i).status()).isEqualTo(200);
                }
                assertThat(wire.get(here).json().get("occupancy").asInt()).isBetween(10, 200);
                String state = "&state=" + Wire.encode("{\"s\":\"" + "x".repeat(20_000) + "\"}");
                Answer refused = wire.get(here + "/uuid/u0/data?uuid=u0" + state);
                for (int i = 1; i < 10 && refused.status() == 200; i++) {
                    refused = wire.get(here + "/uuid/u" + i + "/data?uuid=u" + i + state);
                }
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.headers()).containsKey("retry-after");
                for (int i = 0; i < 500; i++) {
                    wire.get(here + "/leave?uuid=u" + i);
                }
                wire.get(here + "/heartbeat?uuid=last");
                assertThat(wire.get(here).json().get("uuids").toString()).isEqualTo("[\"last\"]");
            }
            case PRESENCE_CHANNELS_BY_REQUEST -> {
                wire.get("/v2/presence/sub-key/demo/channel/a,b/heartbeat?uuid=u");
                assertThat(wire.get("/v2/presence/sub-key/demo/uuid/u").json().at("/payload/channels").toString())
                        .isEqualTo("[\"a\"]");
            }
            case UUID_CHARACTERS -> {
                for (String path : List.of("/publish/demo/demo/0/c/0/1?uuid=", "/v2/subscribe/demo/c/0?tt=0&uuid=",
                        "/v2/presence/sub-key/demo/channel/c/heartbeat?uuid=", "/v2/presence/sub-key/demo/uuid/",
                        "/v3/history/sub-key/demo/channel/c?uuid=", "/v1/message-actions/demo/channel/c?uuid=")) {
                    assertThat(wire.get(path + "%F0%9F%98%80").status()).as("one character").isEqualTo(200);
                    Answer refused = wire.get(path + "uu");
                    assertThat(refused.status()).isEqualTo(400);
                    assertThat(refused.body()).contains("Invalid uuid");
                }
            }
            case GROUP_BYTES -> {
                String groups = "/v1/channel-registration/sub-key/demo/channel-group";
                Answer refused = wire.get(groups + "/g?add=" + "x".repeat(2_000));
                for (int i = 0; i < 100 && refused.status() == 200; i++) {
                    refused = wire.get(groups + "/g" + i + "?add=" + "x".repeat(2_000));
                }
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().get("message").asText()).startsWith("Maximum channel group count exceeded");
                assertThat(wire.get(groups + "/g/remove").status()).isEqualTo(200);
                assertThat(wire.get(groups + "/g?add=y").status()).as("there is place again").isEqualTo(200);
            }
            case GROUPS_BY_KEYSET -> {
                String groups = "/v1/channel-registration/sub-key/demo/channel-group";
                assertThat(wire.get(groups + "/g?add=a").status()).isEqualTo(200);
                assertThat(wire.get(groups + "/g?add=b").status()).isEqualTo(200);
                Answer refused = wire.get(groups + "/h?add=a");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().get("message").asText()).isEqualTo("Maximum channel group count exceeded.");
                assertThat(wire.get("/v1/channel-registration/sub-key/other/channel-group/h?add=a").status())
                        .as("another keyset")
                        .isEqualTo(200);
            }
            case CHANNELS_BY_GROUP -> {
                String groups = "/v1/channel-registration/sub-key/demo/channel-group";
                assertThat(wire.get(groups + "/g?add=a").status()).isEqualTo(200);
                Answer refused = wire.get(groups + "/g?add=b");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().get("message").asText()).startsWith("Maximum channel count exceeded");
            }
            case CHANNELS_BY_REQUEST -> {
                Answer tooMany = wire.get("/v1/channel-registration/sub-key/demo/channel-group/g?add=a&remove=b");
                assertThat(tooMany.status()).isEqualTo(400);
                for (String path : List.of("/v2/subscribe/demo/a,b/0", "/v2/stream/demo/a%2Cb",
                        "/v3/history/sub-key/demo/channel/a,b", "/v2/presence/sub-key/demo/channel/a,b",
                        "/v2/presence/sub-key/demo/channel/a,b/heartbeat?uuid=u")) {
                    Answer refused = wire.get(path);
                    assertThat(refused.status()).isEqualTo(400);
                    assertThat(refused.body()).contains("Too many channels: at most 1 a request");
                }
                assertThat(wire.get("/v2/subscribe/demo/,a,/0").status()).isEqualTo(200);
            }
            case GROUPS_BY_REQUEST -> {
                Answer refused = wire.get("/v2/subscribe/demo/a/0?channel-group=g,h");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().get("message").asText()).isEqualTo(
                        "Too many channel groups: at most 1 a request");
                assertThat(wire.get("/v2/subscribe/demo/a/0?channel-group=g").status()).isEqualTo(200);
            }
            case READ_MARKS_BY_CHANNEL -> {
                String path = "/v1/read-marks/demo/channel/a?uuid=";
                byte[] mark = "{\"timetoken\":\"1\"}".getBytes(StandardCharsets.UTF_8);
                assertThat(wire.send("POST", path + "ann", mark).status()).isEqualTo(200);
                Answer refused = wire.send("POST", path + "bob", mark);
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().at("/error/message").asText()).isEqualTo(
                        "Maximum number of read marks reached for this channel.");
                assertThat(refused.json().at("/error/source").asText()).isEqualTo("read-marks");
                assertThat(wire.send("POST", path + "ann", mark).status()).isEqualTo(200);
            }
            case METADATA_BY_KEYSET -> {
                String path = "/v2/objects/demo/";
                byte[] none = "{}".getBytes(StandardCharsets.UTF_8);
                assertThat(wire.send("PATCH", path + "uuids/a", none).status()).isEqualTo(200);
                Answer refused = wire.send("PATCH", path + "uuids/b", none);
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().at("/error/message").asText())
                        .isEqualTo("Maximum number of uuids with metadata reached for this keyset.");
                assertThat(wire.send("PATCH", path + "uuids/a", none).status()).isEqualTo(200);
                assertThat(wire.send("PATCH", path + "channels/b", none).status()).as("of the other kind")
                        .isEqualTo(200);
            }
            case MEMBERSHIPS_BY_ENTITY -> {
                String path = "/v2/objects/demo/uuids/";
                byte[] body = "{\"set\":[{\"channel\":{\"id\":\"x\"}}]}".getBytes(StandardCharsets.UTF_8);
                assertThat(wire.send("PATCH", path + "a/channels", body).status()).isEqualTo(200);
                Answer refused = wire.send("PATCH", path + "b/channels", body);
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().at("/error/message").asText())
                        .isEqualTo("Maximum number of memberships reached for x.");
                assertThat(wire.send("PATCH", path + "a/channels", body).status()).isEqualTo(200);
            }
            case FILE_BYTES -> {
                FileForm form = FileForm.request(wire, "a", "x");
                assertThat(form.upload(wire, new byte[2]).status()).isEqualTo(413);
                assertThat(form.upload(wire, new byte[1]).status()).isEqualTo(204);
            }
            case FILE_BYTES_BY_KEYSET -> {
                FileForm form = FileForm.request(wire, "a", "x");
                assertThat(form.upload(wire, new byte[2]).status()).isEqualTo(403);
                assertThat(form.upload(wire, new byte[1]).status()).isEqualTo(204);
                assertThat(wire.post("/v1/files/demo/channels/a/generate-upload-url", "{\"name\":\"x\"}").status())
                        .isEqualTo(403);
            }
            case UPLOADS_BY_KEYSET, UPLOADS_BY_ADDRESS -> {
                FileForm form = FileForm.request(wire, "a", "x");
                byte[] body = form.with(new byte[1]);
                try (Connection slow = wire.connect()) {
                    slow.write(("POST " + form.path() + " HTTP/1.1\r\nHost: test\r\n" + FileForm.TYPE
                            + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
                    await().until(() -> form.upload(wire, new byte[1]).status() == 503);
                    slow.write(body);
                    assertThat(slow.read().status()).isEqualTo(204);
                }
                await().until(() -> form.upload(wire, new byte[1]).status() == 204);
            }
            case CHANNELS_BY_DEVICE -> {
                String path = "/v1/push/sub-key/demo/devices/t?type=fcm&";
                assertThat(wire.get(path + "add=a").status()).isEqualTo(200);
                Answer refused = wire.get(path + "add=b");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.body()).isEqualTo("{\"error\":\"Too many channels: a device has up to 1\"}");
                assertThat(wire.get(path + "add=b&remove=a").status()).isEqualTo(200);
            }
            case DEVICES_BY_CHANNEL -> {
                String path = "/v1/push/sub-key/demo/devices/";
                assertThat(wire.get(path + "t?type=fcm&add=a").status()).isEqualTo(200);
                Answer refused = wire.get(path + "s?type=fcm&add=b,a");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.body()).isEqualTo("{\"error\":\"Too many devices: a channel has up to 1\"}");
                assertThat(wire.get(path + "s?type=fcm").body()).isEqualTo("[]");
                assertThat(wire.get(path + "t?type=fcm&add=a").status()).isEqualTo(200);
            }
            case KEY_GRANTS_BY_KEYSET -> {
                Signing owner = new Signing("pub-c-1", "sec-c-1");
                String grant = "/v2/auth/grant/sub-key/sub-c-1?auth=k&channel=";
                assertThat(wire.get(owner.sign("GET", grant + "a&r=1", "")).status()).isEqualTo(200);
                Answer refused = wire.get(owner.sign("GET", grant + "b&r=1", ""));
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().get("message").asText()).isEqualTo(
                        "Maximum number of permissions of auth keys reached for this keyset");
                assertThat(wire.get(owner.sign("GET", grant + "a&w=1", "")).status()).isEqualTo(200);
                assertThat(wire.get(owner.sign("GET", grant + "a", "")).status()).isEqualTo(200);
                assertThat(wire.get(owner.sign("GET", grant + "b&r=1", "")).status()).isEqualTo(200);
            }
            case FILTER_PARTS -> {
                Answer refused = wire.get("/v2/subscribe/demo/a/0?filter-expr=a%20%7C%7C%20b");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.json().get("message").asText()).isEqualTo(
                        "Invalid filter expression: more than 1 parts, at character 5");
                assertThat(wire.get("/v2/subscribe/demo/a/0?filter-expr=a").status()).isEqualTo(200);
            }
            case CONTROL_FRAMES -> {
                try (Connection socket = wire.connect()) {
                    socket.write(
                            ("GET /v2/stream/demo/c HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    assertThat(socket.read(false).status()).isEqualTo(101);
                    byte[] pings = new byte[20 * 6];
                    for (int i = 0; i < pings.length; i += 6) {
                        pings[i] = (byte) 0x89;
                        pings[i + 1] = (byte) 0x80;
                    }
                    socket.write(pings);
                    assertThat(isEndedAtLast(socket)).as("the connection is closed").isTrue();
                }
            }
        }
    }

    /** Reads until the server has ended the connection, in order or by a reset since it left something unread. */
    private static boolean isEndedAtLast(Connection connection) {
        try {
            while (!connection.isEnded()) {
                // what was sent before
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void readersAreLetGoOfWhenTheyReadNothing(Wire wire) throws Exception {
        for (int i = 0; i < 100; i++) {
            wire.post("/publish/demo/demo/0/large/0", LARGE);
        }
        try (Connection slow = wire.connect()) { // but steady: seconds for an answer
            slow.socket().setReceiveBufferSize(32 * 1024);
            slow.get("/v3/history/sub-key/demo/channel/large");
            long read = 0;
            for (long begin = System.nanoTime(); System.nanoTime() - begin < 3_000_000_000L;) {
                read += slow.socket().getInputStream().readNBytes(16 * 1024).length;
                Thread.sleep(50);
            }
            assertThat(read).isBetween(100_000L, 2_900_000L);
            read += slow.socket().getInputStream().readNBytes(3_000_000 - (int) read).length;
            assertThat(read).as("it was not let go of").isEqualTo(3_000_000);
        }
        try (Connection deaf = wire.connect()) {
            for (int i = 0; i < 8; i++) { // 24 MB, more than sockets hold
                deaf.get("/v3/history/sub-key/demo/channel/large");
            }
            await().pollInterval(Duration.ofMillis(300)).atMost(Duration.ofSeconds(10)).until(() -> {
                try {
                    deaf.write(" ".getBytes(StandardCharsets.US_ASCII));
                    return false;
                } catch (IOException e) {
                    return true; // the server is gone
                }
            });
        }
    }

    /** Many at once, again and again, until one is refused so. */
    private static Answer crowd(Supplier<Answer> request, int status) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        try (ExecutorService threads = Executors.newFixedThreadPool(100)) {
            while (System.nanoTime() < deadline) {
                List<Future<Answer>> answers = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    answers.add(threads.submit(request::get));
                }
                Answer found = null;
                for (Future<Answer> each : answers) {
                    Answer answer = each.get();
                    assertThat(answer.status()).isIn(200, status);
                    found = answer.status() == status ? answer : found;
                }
                if (found != null) {
                    return found;
                }
            }
        }
        throw new AssertionError("nobody was refused");
    }
}
