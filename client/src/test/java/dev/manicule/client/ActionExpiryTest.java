package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.client.internal.Json;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Actions with a time to live, against servers that answer well and badly. */
@Timeout(60)
class ActionExpiryTest {
    private static final String TYPING_JSON = "{\"messageTimetoken\":\"5\",\"type\":\"typing\",\"uuid\":\"my uuid\","
            + "\"value\":\"on\",\"actionTimetoken\":\"9\",\"expires\":\"50000009\"}";
    private static final MessageAction TYPING = new MessageAction("typing", "on", 5, "my uuid", 9, 50_000_009, 1);
    private static final MessageAction ON = MessageAction.of("typing", "on", 5);
    private static final Duration TTL = Duration.ofSeconds(5);

    private static void sent(StubServer server, int place, String body) throws Exception {
        assertThat(Json.MAPPER.readTree(server.bodies.get(place))).isEqualTo(Json.MAPPER.readTree(body));
    }

    @Test
    void additionsAndTogglesSendTheirTime() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"data\":" + TYPING_JSON + ",\"toggled\":\"added\"}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            AddMessageAction add = client.addMessageAction("c", ON);
            assertThat(add.ttl(TTL).sync().orThrow()).isEqualTo(TYPING);
            assertThat(client.toggleMessageAction("c", ON).ttl(TTL).sync().orThrow())
                    .isEqualTo(new ToggleMessageAction.Result(TYPING, true));
            add.ttl(TTL).channel("d").messageAction(ON).sync().orThrow();
            client.toggleMessageAction("c", ON).ttl(TTL).channel("d").messageAction(ON).sync().orThrow();
            for (int i = 0; i < 4; i++) {
                sent(server, i, "{\"type\":\"typing\",\"value\":\"on\",\"ttlSeconds\":5}");
            }
            add.sync().orThrow();
            sent(server, 4, "{\"type\":\"typing\",\"value\":\"on\"}");
        }
    }

    @Test
    void renewedAdditionIsNoAddition() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"data\":" + TYPING_JSON + ",\"renewed\":true}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            AddMessageAction add = client.addMessageAction("c", ON).ttl(TTL);
            assertThat(add.sync().orThrow()).isEqualTo(TYPING);
            assertThat(add.withReplaced().sync().orThrow())
                    .isEqualTo(new ChangedActions(List.of(), List.of(), List.of(TYPING)));
        }
    }

    @Test
    void setsSendTheirTimeAndSayWhatTheyRenewed() throws Exception {
        try (StubServer server = StubServer.saying(200,
                "{\"data\":{\"added\":[],\"removed\":[],\"renewed\":[" + TYPING_JSON + "]}}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            SetMessageActions set = client.setMessageActions("c", 5, "typing", "on").ttl(TTL);
            assertThat(set.sync().orThrow()).isEqualTo(new ChangedActions(List.of(), List.of(), List.of(TYPING)));
            set.channel("d").messageTimetoken(6).type("t").values("on").sync().orThrow();
            sent(server, 0, "{\"values\":[\"on\"],\"ttlSeconds\":5}");
            sent(server, 1, "{\"values\":[\"on\"],\"ttlSeconds\":5}");
        }
    }

    @Test
    void changesOfABatchHaveTimesOfTheirOwn() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"data\":["
                + "{\"status\":200,\"added\":[],\"removed\":[],\"renewed\":[" + TYPING_JSON + "]},"
                + "{\"status\":200,\"added\":[" + TYPING_JSON + "],\"removed\":[]},"
                + "{\"status\":200,\"added\":[],\"removed\":[" + TYPING_JSON + "]}]}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            ChangeMessageActions.Result result = client.changeMessageActions("c")
                    .add(ON, TTL)
                    .add(ON)
                    .toggle(ON, TTL)
                    .sync()
                    .orThrow();
            assertThat(result.outcomes()).extracting(ChangeMessageActions.Outcome::changed)
                    .containsExactly(new ChangedActions(List.of(), List.of(), List.of(TYPING)),
                            new ChangedActions(List.of(TYPING), List.of()),
                            new ChangedActions(List.of(), List.of(TYPING)));
            String change = "{\"change\":\"add\",\"messageTimetoken\":\"5\",\"type\":\"typing\",\"value\":\"on\"";
            sent(server, 0, "{\"atomic\":false,\"changes\":[" + change + ",\"ttlSeconds\":5}," + change + "},"
                    + change.replace("add", "toggle") + ",\"ttlSeconds\":5}]}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT1.5S", "PT0.9S", "PT8760H0.000000001S", "P366D"})
    void timesThatNoServerTakesAreRefused(String text) throws Exception {
        Duration ttl = Duration.parse(text);
        try (StubServer server = StubServer.saying(200, "{}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(() -> client.addMessageAction("c", ON).ttl(ttl));
            refused(() -> client.toggleMessageAction("c", ON).ttl(ttl));
            refused(() -> client.setMessageActions("c", 5, "t", "v").ttl(ttl));
            refused(() -> client.changeMessageActions("c").add(ON, ttl));
            refused(() -> client.changeMessageActions("c").toggle(ON, ttl));
            assertThat(server.requests).isEmpty();
        }
    }

    private static void refused(ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whole seconds, from 1 second to 365 days");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "P365D"})
    void shortestAndLongestTimesAreSent(String text) throws Exception {
        Duration ttl = Duration.parse(text);
        try (StubServer server = StubServer.saying(200, "{\"data\":" + TYPING_JSON + "}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            client.addMessageAction("c", ON).ttl(ttl).sync().orThrow();
            assertThat(server.bodies.get(0)).contains("\"ttlSeconds\":" + ttl.toSeconds());
        }
    }

    @Test
    void eventsSayWhichActionsLeftByThemselves() throws Exception {
        String envelope = "{\"c\":\"c\",\"e\":3,\"i\":\"my uuid\",\"p\":{\"t\":\"%d\"},\"d\":{\"event\":\"removed\",%s"
                + "\"data\":" + TYPING_JSON.replace("\"uuid\":\"my uuid\",", "") + "}}";
        String events = "{\"t\":{\"t\":\"8\",\"r\":1},\"m\":["
                + envelope.formatted(6, "\"expired\":true,\"count\":0,") + "," + envelope.formatted(7, "") + "]}";
        try (StubServer server = new StubServer(exchange -> {
            if (exchange.getRequestURI().toString().contains("tt=5&")) {
                StubServer.say(exchange, 200, events);
            } else if (exchange.getRequestURI().toString().contains("tt=0")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"5\",\"r\":1},\"m\":[]}");
            } else {
                new CountDownLatch(1).await();
            }
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            BlockingQueue<MessageActionEvent> received = new LinkedBlockingQueue<>();
            client.addListener(new Listener() {
                @Override
                public void messageAction(MessageActionEvent event) {
                    received.add(event);
                }
            });
            client.subscribe("c");
            assertThat(received.take())
                    .isEqualTo(new MessageActionEvent("c", null, 6, "removed", TYPING, OptionalLong.of(0), true));
            assertThat(received.take())
                    .isEqualTo(new MessageActionEvent("c", null, 7, "removed", TYPING, OptionalLong.empty()));
        }
    }
}
