package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.client.internal.Json;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls against servers that answer well, badly, or not at all. */
class CallTest {
    private static final String ADDED = "{\"status\":200,\"data\":{\"messageTimetoken\":\"1595634332\",\"type\":\"reaction\","
            + "\"uuid\":\"my uuid\",\"value\":\"smile\",\"actionTimetoken\":\"15956343330507960\"}}";

    @Test
    void requestFollowsTheProtocol() throws Exception {
        try (StubServer server = StubServer.saying(200, ADDED);
                ManiculeClient client = ManiculeClient
                        .of(server.config().subscribeKey("sub/c").authKey("t+k").build())) {
            Envelope<MessageAction> envelope = client
                    .addMessageAction("chats.room 1/é", MessageAction.of("reaction", "smile \"☞\"", 1595634332))
                    .sync();
            assertThat(envelope.orThrow().actionTimetoken()).isEqualTo(15956343330507960L);
            assertThat(server.requests).singleElement()
                    .asString()
                    .matches("POST /v1/message-actions/sub%2Fc/channel/chats.room%201%2F%C3%A9/message/1595634332"
                            + "\\?uuid=my%20uuid&pnsdk=Manicule-Java%2F0.1.0&requestid=[0-9a-f-]{36}&auth=t%2Bk");
            assertThat(Json.MAPPER.readTree(server.bodies.get(0)))
                    .isEqualTo(Json.MAPPER.readTree("{\"type\":\"reaction\",\"value\":\"smile \\\"☞\\\"\"}"));
            Status status = envelope.status();
            assertThat(status.operation().code()).isEqualTo(42);
            assertThat(status.category()).isEqualTo(Category.ACKNOWLEDGMENT);
            assertThat(status.category().code()).isEqualTo(2);
            assertThat(status.statusCode()).isEqualTo(200);
            assertThat(status.isError()).isFalse();
            assertThat(status.errorData()).isNull();
            assertThat(status.uuid()).isEqualTo("my uuid");
            assertThat(status.authKey()).isEqualTo("t+k");
            assertThat(status.origin()).isEqualTo(client.config().server().origin());
            assertThat(status.tlsEnabled()).isFalse();
            assertThat(status.affectedChannels()).containsExactly("chats.room 1/é");
            assertThat(status.clientRequest()).startsWith("POST http://127.0.0.1:").doesNotContain("t%2Bk");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "409|{\"status\":409,\"error\":{\"source\":\"actions\",\"message\":\"Action Already Added\"}}|CONFLICT|Action Already Added",
            "400|[0,\"Invalid Key\",\"1\"]|BAD_REQUEST|Invalid Key",
            "403|{\"message\":\"Forbidden\",\"error\":true,\"status\":403}|ACCESS_DENIED|Forbidden",
            "400|{\"status\":400,\"error\":true,\"error_message\":\"Invalid Arguments\",\"channels\":{}}|BAD_REQUEST|Invalid Arguments",
            "404|{\"status\":404,\"error\":1,\"message\":\"Not found\"}|UNKNOWN|Not found",
            "400|{\"error\":\"Invalid device token\"}|BAD_REQUEST|Invalid device token",
            "400|{\"error\":{\"message\":\"m\",\"details\":[{\"message\":\"Missing field\",\"location\":\"value\"}]}}|BAD_REQUEST|m (value: Missing field)",
            "503|{\"message\":\"busy\"}|UNAVAILABLE|busy", "429|{}|RATE_LIMIT_EXCEEDED|{}",
            "500|<html>oops</html>|UNKNOWN|the answer (500) is not JSON: is ORIGIN a Manicule?",
            "200|<html>|MALFORMED_RESPONSE|the answer (200) is not JSON: is ORIGIN a Manicule?",
            "404|''|UNKNOWN|ORIGIN answered 404 (Not Found), and did not say why",
            "502|''|UNKNOWN|ORIGIN answered 502 (Bad Gateway), and did not say why",
            "207|{\"status\":207}|UNKNOWN|{\"status\":207}", "413|{\"message\":\"large\"}|TOO_LARGE|large"})
    void errorStatusHasTheServersMessage(int code, String body, Category category, String words)
            throws Exception {
        try (StubServer server = StubServer.saying(code, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            String message = words.replace("ORIGIN", client.config().server().origin());
            Envelope<MessageAction> envelope = client.addMessageAction("c", MessageAction.of("t", "v", 1)).sync();
            assertThat(envelope.result()).isNull();
            assertThat(envelope.status().category()).isEqualTo(category);
            assertThat(envelope.status().statusCode()).isEqualTo(code);
            assertThat(envelope.status().errorData()).isNotNull();
            assertThat(envelope.status().errorData().message()).isEqualTo(message);
            assertThat(envelope.status().clientResponse()).isEqualTo(body);
            assertThatThrownBy(envelope::orThrow).isInstanceOf(ManiculeException.class).hasMessageContaining(message);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"status\":200}", "{\"status\":200,\"data\":{}}", "[]",
            "{\"status\":200,\"data\":7}"})
    void unexpectedResponseIsMalformed(String body) throws Exception {
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.addMessageAction("c", MessageAction.of("t", "v", 1)).sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    void missingArgumentIsNamedBeforeTheRequest() throws Exception {
        try (StubServer server = StubServer.saying(200, ADDED);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            MessageAction action = MessageAction.of("t", "v", 1);
            refused(client.addMessageAction().messageAction(action), "channel");
            refused(client.addMessageAction("", action), "channel");
            refused(client.addMessageAction().channel("c"), "messageAction");
            refused(client.addMessageAction("c", MessageAction.of("", "v", 1)), "type");
            refused(client.addMessageAction("c", MessageAction.of("t", "", 1)), "value");
            refused(client.addMessageAction("c", MessageAction.of("t", "v", 0)), "messageTimetoken");
            refused(client.removeMessageAction().actionTimetoken(1).messageTimetoken(1), "channel");
            refused(client.removeMessageAction().channel("c").messageTimetoken(1), "actionTimetoken");
            refused(client.removeMessageAction().channel("c").actionTimetoken(1), "messageTimetoken");
            refused(client.getMessageActions(), "channel");
            refused(client.getMessageActions("c").start(1).end(2), "start");
            refused(client.publish().channel("c"), "message");
            refused(client.publish().message("m"), "channel");
            refused(client.fetchMessages(), "channel");
            refused(client.history(), "channel");
            refused(client.deleteMessages(), "channel");
            refused(client.messageCounts(), "channel");
            assertThatThrownBy(() -> client.subscribe().execute()).hasMessageContaining("channel");
            assertThatThrownBy(() -> ClientConfig.forUser(" ").build()).hasMessageContaining("uuid");
            assertThatThrownBy(() -> ClientConfig.forUser("u").origin("http://x").build())
                    .hasMessageContaining("origin");
            for (String origin : List.of("", " ", "a b", "a/b", "user@host", "host:port", ":80", "host:", "host:0",
                    "127.0.0.1:65536", "127.0.0.1:99999")) {
                assertThatThrownBy(() -> ClientConfig.forUser("u").origin(origin).build())
                        .hasMessageContaining("origin");
            }
            assertThat(ClientConfig.forUser("u").origin("[::1]:80").build().server().origin()).isEqualTo("[::1]:80");
            assertThat(server.requests).isEmpty();
        }
    }

    /** Java's UTF-8 has a question mark for half of a surrogate pair: two names would be one. */
    @Test
    void loneSurrogateIsNamedBeforeTheRequest() throws Exception {
        String half = "a\ud83d";
        try (StubServer server = StubServer.saying(200, ADDED);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(client.publish("jc\udc00", "m"), "channel holds half of a surrogate pair, \\udc00, at character 3");
            refused(client.publish("c", half), "message");
            refused(client.publish("c", Map.of("u", List.of(half))), "message");
            refused(client.publish("c", Map.of(half, 1)), "message");
            refused(client.publish("c", Json.MAPPER.readTree("\"\\ude00\\ud83d\"")), "message");
            refused(client.publish("c", 1).meta(half), "meta");
            refused(client.publish("c", 1).customMessageType(half), "custom_message_type");
            refused(client.signal("c", half), "message");
            refused(client.addMessageAction("c", MessageAction.of(half, "v", 1)), "type");
            refused(client.addMessageAction("c", MessageAction.of("t", half, 1)), "value");
            refused(client.fetchMessages("c", half), "channel");
            refused(client.hereNow().channelGroups(half), "channel-group");
            refused(client.addChannelsToChannelGroup(half, "c"), "channelGroup");
            refused(client.addChannelsToChannelGroup("g", half), "channel");
            refused(client.setPresenceState(Map.of("s", half)).channels("c"), "state");
            refused(client.grantToken(1).authorizedUuid(half), "permission");
            assertThatThrownBy(() -> client.subscribe().channels(half).execute()).hasMessageContaining("channel");
            assertThatThrownBy(() -> client.setToken(half)).hasMessageContaining("token");
            assertThatThrownBy(() -> ClientConfig.forUser(half).build()).hasMessageContaining("uuid");
            assertThatThrownBy(() -> ClientConfig.forUser("u").subscribeKey(half).build())
                    .hasMessageContaining("subscribeKey");
            assertThat(server.requests).isEmpty();
            var unused = client.publish("😀", "😀").meta(new RawJson("\"\\ud83d\\ude00\"")).sync();
            assertThat(server.bodies).containsExactly("\"😀\"");
            assertThat(server.requests.get(0)).contains("/%F0%9F%98%80/", "meta=%22%5Cud83d%5Cude00%22");
        }
    }

    @Test
    void rawJsonIsSentUnchanged() throws Exception {
        try (StubServer server = StubServer.saying(200, "[1,\"Sent\",\"1\"]");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            List<String> texts = List.of("1.0e400", "0.1234567890123456789", "12345678901234567890123.10",
                    "{\"a\": 1,\n\"a\":2}", " [\"\\u00e9\\\\ud83d\"]");
            for (String text : texts) {
                assertThat(client.publish("c", new RawJson(text)).sync().orThrow().timetoken()).isOne();
            }
            assertThat(server.bodies).isEqualTo(texts);
            assertThat(client.publish("c", Map.of("n", new RawJson("1.10"))).sync().orThrow().timetoken()).isOne();
            assertThat(server.bodies.get(texts.size())).isEqualTo("{\"n\":1.10}");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"``|nothing is there", "hello|wrong at character",
            "\"a\" \"b\"|more follows the value, at character 5", "[1,2] trailing|wrong at character",
            "{\"a\":1|wrong at character", "[1,]|wrong at character 4", "NaN|wrong at character",
            "01|wrong at character",
            "\"\\ud800\"|half of a surrogate pair, \\ud800, at character 2",
            "[\"\\ud83d\\ud83d\\ude00\"]|half of a surrogate pair, \\ud83d, at character 3",
            "\"x\\udc00\"|half of a surrogate pair, \\udc00, at character 3"})
    void rawJsonMustBeOneValue(String text, String words) {
        assertThatThrownBy(() -> new RawJson(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    private static void refused(Call<?> call, String name) {
        assertThatThrownBy(call::sync).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
        assertThatThrownBy(call::future).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
        assertThatThrownBy(() -> call.async((result, status) -> {})).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    @Test
    void anAbsentServerIsANetworkIssueAndASlowOneATimeout() throws Exception {
        int freePort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = socket.getLocalPort();
        }
        try (ManiculeClient client = ManiculeClient
                .of(ClientConfig.forUser("u").origin("127.0.0.1:" + freePort).build())) {
            assertThat(client.time().sync().status().category()).isEqualTo(Category.NETWORK_ISSUES);
        }
        try (StubServer server = new StubServer(exchange -> TimeUnit.SECONDS.sleep(20));
                ManiculeClient client = ManiculeClient
                        .of(server.config().requestTimeout(Duration.ofMillis(200)).build())) {
            assertThat(client.time().sync().status().category()).isEqualTo(Category.TIMEOUT);
        }
    }

    @Test
    void closeEndsCallsInFlight() throws Exception {
        try (StubServer server = new StubServer(exchange -> TimeUnit.SECONDS.sleep(20))) {
            ManiculeClient client = ManiculeClient.of(server.config().build());
            CompletableFuture<Envelope<Time.Result>> future = client.time().future();
            TimeUnit.MILLISECONDS.sleep(200);
            client.close();
            assertThat(future.get(30, TimeUnit.SECONDS).status().category()).isEqualTo(Category.CANCELLED);
            assertThat(client.time().sync().status().category()).isEqualTo(Category.CANCELLED);
            client.close();
        }
    }

    @Test
    void closeEndsSyncWithoutAnInterrupt() throws Exception {
        try (StubServer server = new StubServer(exchange -> TimeUnit.SECONDS.sleep(20))) {
            ManiculeClient client = ManiculeClient.of(server.config().build());
            CompletableFuture<Category> category = new CompletableFuture<>();
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread waiting = new Thread(() -> {
                category.complete(client.time().sync().status().category());
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            waiting.start();
            TimeUnit.MILLISECONDS.sleep(200);
            client.close();
            assertThat(category.get(30, TimeUnit.SECONDS)).isEqualTo(Category.CANCELLED);
            assertThat(interrupted.get(30, TimeUnit.SECONDS)).isFalse();
        }
    }

    @Test
    void interruptEndsSyncAndStaysSet() throws Exception {
        try (StubServer server = new StubServer(exchange -> TimeUnit.SECONDS.sleep(20));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Thread waiting = Thread.currentThread();
            new Thread(() -> {
                try {
                    TimeUnit.MILLISECONDS.sleep(200);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                waiting.interrupt();
            }).start();
            assertThat(client.time().sync().status().category()).isEqualTo(Category.CANCELLED);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void stageAfterAFutureMayBlock() throws Exception {
        try (StubServer server = StubServer.saying(200, "[15]");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            CompletableFuture<Thread> follows = client.time().future().thenApply(envelope -> Thread.currentThread());
            assertThat(follows.get(30, TimeUnit.SECONDS).getName()).matches("main|manicule-client-\\d+-worker-\\d+");
        }
    }

    @Test
    void cancellingAFutureEndsItsRequest() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (StubServer server = new StubServer(exchange -> {
            arrived.countDown();
            TimeUnit.SECONDS.sleep(20);
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            CompletableFuture<Envelope<Time.Result>> future = client.time().future();
            arrived.await();
            assertThat(future.cancel(true)).isTrue();
            assertThat(future).isCancelled();
        }
    }

    @Test
    void callbackRunsOnceAndMayBlock() throws Exception {
        try (StubServer server = StubServer.saying(200, "[15]");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            CompletableFuture<Long> told = new CompletableFuture<>();
            client.time()
                    .async((result, status) -> told.complete(client.time().sync().orThrow().timetoken()
                            + (result == null ? 0 : result.timetoken())));
            assertThat(told.get(30, TimeUnit.SECONDS)).isEqualTo(30);
            client.time().async((result, status) -> {
                throw new IllegalStateException("on purpose");
            });
            assertThat(client.time().sync().orThrow().timetoken()).isEqualTo(15);
        }
    }

    @Test
    void actionStreamContinuesWithoutAMoreMember() throws Exception {
        List<Long> all = List.of(10L, 20L, 30L, 40L, 50L);
        try (StubServer server = new StubServer(exchange -> {
            String query = exchange.getRequestURI().getQuery();
            long start = query.contains("start=") ? Long.parseLong(query.replaceAll(".*start=(\\d+).*", "$1")) : 100;
            List<Long> page = all.stream().filter(tt -> tt < start && tt >= 20).toList();
            page = page.subList(Math.max(0, page.size() - 2), page.size());
            StubServer.say(exchange, 200,
                    "{\"status\":200,\"data\":" + page.stream().map(CallTest::action).toList() + "}");
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.getMessageActions("c").limit(2).end(20).stream().map(MessageAction::actionTimetoken))
                    .containsExactly(50L, 40L, 30L, 20L);
            assertThat(server.requests).hasSize(2).allMatch(request -> request.contains("end=20"));
            assertThat(client.getMessageActions("c").limit(2).stream().map(MessageAction::actionTimetoken).findFirst())
                    .contains(50L);
            assertThat(server.requests).hasSize(3);
        }
    }

    private static String action(long timetoken) {
        return "{\"messageTimetoken\":\"1\",\"type\":\"t\",\"value\":\"v\",\"uuid\":\"u\",\"actionTimetoken\":\""
                + timetoken
                + "\"}";
    }

    @Test
    void clientSendsItsVersion() {
        assertThat(System.getProperty("manicule.version", "0.1.0-SNAPSHOT").replace("-SNAPSHOT", ""))
                .isEqualTo(ManiculeClient.VERSION);
    }
}
