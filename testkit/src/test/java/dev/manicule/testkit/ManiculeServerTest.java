package dev.manicule.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.Envelope;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageEvent;
import dev.manicule.client.Permission;
import dev.manicule.client.PresenceEvent;
import dev.manicule.client.Publish;
import dev.manicule.client.SubscriptionState;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a test can do with its server. */
@Manicule
class ManiculeServerTest {
    private static long publish(ManiculeClient client, String channel, String text) {
        return client.publish(channel, text).sync().orThrow().timetoken();
    }

    private static List<String> texts(ManiculeClient client, String channel) {
        return client.history(channel)
                .sync()
                .orThrow()
                .messages()
                .stream()
                .map(message -> message.message().asText())
                .toList();
    }

    @Test
    void unknownFaultTargetIsRefusedWithTheValidNames(ManiculeServer server) {
        assertThatThrownBy(() -> server.inject(Fault.cut().on("no such operation")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no such operation")
                .hasMessageContaining("publish, message-actions, read-marks, objects, files, file-bytes, history");
        assertThatThrownBy(() -> Fault.cut().method("get")).hasMessageContaining("GET, POST, DELETE");
        assertThat(Fault.cut().on("").method("").family()).isEmpty();
    }

    @Test
    void faultThatCannotHappenIsRefused(ManiculeServer server) {
        assertThatThrownBy(() -> Fault.delay(Duration.ZERO)).hasMessageContaining("a millisecond at least");
        assertThatThrownBy(() -> Fault.cut().path("room?uuid=bob")).hasMessageContaining("the query is no part");
        assertThatThrownBy(() -> server.inject(Fault.cut().on("message-actions").method("PATCH")))
                .hasMessageContaining("expected one of DELETE, GET, POST, PUT");
        assertThatThrownBy(() -> server.inject(Fault.cut().on("time").path("room"))).hasMessageContaining("/time/0");
    }

    @Test
    void timeIsBoundedBySeventeenDigits(ManiculeServer server, ManiculeClient alice) {
        for (Instant far : List.of(Instant.MIN, ManiculeClock.FIRST.minusNanos(1), ManiculeClock.LAST.plusNanos(1),
                Instant.MAX)) {
            assertThatThrownBy(() -> server.standAt(far)).hasMessageContaining("from 2001-09-09T01:46:40Z to 2286-");
            assertThatThrownBy(() -> server.clock().standAt(far)).hasMessageContaining("17 digits");
            assertThatThrownBy(() -> ManiculeServer.builder().at(far).start()).hasMessageContaining("17 digits");
        }
        assertThatThrownBy(() -> server.advance(Duration.ofSeconds(Long.MAX_VALUE))).hasMessageContaining("at most");
        assertThat(server.clock().isStanding()).isFalse();
        server.standAt(ManiculeClock.FIRST);
        assertThat(publish(alice, "room", "first")).isEqualTo(10_000_000_000_000_001L);
        server.advance(Duration.between(ManiculeClock.FIRST, ManiculeClock.LAST));
        assertThatThrownBy(() -> server.advance(Duration.ofNanos(1))).hasMessageContaining("at most");
        assertThat(publish(alice, "room", "last")).isEqualTo(99_999_999_990_000_001L);
    }

    @Test
    void clockMayStopInThePastUnlessLaterDataIsStored(ManiculeServer server, ManiculeClient alice) {
        server.standAt(Instant.parse("2020-01-01T00:00:00Z"));
        assertThat(publish(alice, "room", "then")).isEqualTo(15778368000000001L);
        assertThatThrownBy(() -> server.standAt(Instant.parse("2019-01-01T00:00:00Z")))
                .hasMessageContaining("what is stored is later");
        assertThatThrownBy(() -> server.clock().standAt(Instant.parse("2019-01-01T00:00:00Z")))
                .hasMessageContaining("time goes forward");
        server.standAt(Instant.parse("2020-02-01T00:00:00Z"));
        assertThat(publish(alice, "room", "later")).isEqualTo(15805152000000001L);
        assertThat(server.clock().isStanding()).isTrue();
        server.clock().run();
        assertThat(server.clock().isStanding()).isFalse();
    }

    @Test
    void lostResponseIsRetriedUnnoticed(ManiculeServer server, ManiculeClient alice) {
        long message = publish(alice, "room", "hello");
        InjectedFault lost = server.inject(Fault.loseAnswer().on("message-actions").method("POST").times(2));
        MessageAction added = alice.addMessageAction("room", MessageAction.of("reaction", "wave", message))
                .sync()
                .orThrow();
        assertThat(lost.hits()).isEqualTo(2);
        assertThat(alice.getMessageActions("room").sync().orThrow().actions()).containsExactly(added);
    }

    @Test
    void lostResponseStillAppliesItsWrite(ManiculeServer server, ManiculeClient alice) {
        try (ManiculeClient once = server.client("once", config -> config.retries(0))) {
            server.inject(Fault.loseAnswer().on("publish"));
            Envelope<Publish.Result> envelope = once.publish("room", "said").sync();
            assertThat(envelope.status().isError()).isTrue();
            assertThat(texts(alice, "room")).containsExactly("said");
        }
    }

    @Test
    void injectedErrorsEqualTheServers(ManiculeServer server) {
        try (ManiculeClient once = server.client("once", config -> config.retries(0))) {
            for (int status : new int[]{403, 409, 429, 503, 500}) {
                server.inject(Fault.response(status).on("message-actions").path("room"));
                var envelope = once.addMessageAction("room", MessageAction.of("a", "b", 17672256000000001L)).sync();
                assertThat(envelope.status().statusCode()).isEqualTo(status);
            }
            assertThat(once.getMessageActions("room").sync().orThrow().actions()).as("nothing was done").isEmpty();
            InjectedFault elsewhere = server.inject(Fault.response(503).path("elsewhere").always());
            publish(once, "room", "goes through");
            assertThat(elsewhere.hits()).isZero();
            assertThat(once.publish("elsewhere", "1").sync().status().statusCode()).isEqualTo(503);
            assertThat(once.publish("elsewhere", "1").sync().status().statusCode()).isEqualTo(503);
            elsewhere.remove();
            publish(once, "elsewhere", "goes through");
            assertThatThrownBy(() -> Fault.response(200)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void cutPollMissesNothing(ManiculeServer server, ManiculeClient alice, ManiculeClient bob) {
        List<String> heard = new CopyOnWriteArrayList<>();
        bob.addListener(new Listener() {
            @Override
            public void message(MessageEvent message) {
                heard.add(message.message().asText());
            }
        });
        InjectedFault cut = server.inject(Fault.cut(Duration.ofMillis(30)).on("subscribe").times(3));
        long first = publish(alice, "room", "first");
        bob.subscribeFrom(first - 1, "room");
        await().until(() -> cut.hits() == 3);
        publish(alice, "room", "second");
        await().untilAsserted(() -> assertThat(heard).containsExactly("first", "second"));
    }

    @Test
    void cutRequestIsNotApplied(ManiculeServer server, ManiculeClient alice) {
        try (ManiculeClient once = server.client("once", config -> config.retries(0))) {
            server.inject(Fault.cut().on("publish"));
            assertThat(once.publish("room", "never").sync().status().isError()).isTrue();
            assertThat(texts(alice, "room")).isEmpty();
            server.inject(Fault.delay(Duration.ofMillis(300)).on("publish"));
            long began = System.nanoTime();
            publish(alice, "room", "late");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @Test
    void clockAdvances(ManiculeServer server, ManiculeClient alice, ManiculeClient bob) throws Exception {
        List<String> presence = new CopyOnWriteArrayList<>();
        alice.addListener(new Listener() {
            @Override
            public void presence(PresenceEvent event) {
                presence.add(event.uuid() + " " + event.event());
            }
        });
        alice.subscribe("room-pnpres");
        await().until(() -> alice.subscriptionState() == SubscriptionState.CONNECTED);
        HttpRequest heartbeat = HttpRequest.newBuilder(server.uri()
                .resolve("/v2/presence/sub-key/demo/channel/room/heartbeat?uuid=carol&heartbeat=300")).build();
        assertThat(HttpClient.newHttpClient().send(heartbeat, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(presence).containsExactly("carol join"));
        long before = publish(bob, "room", "before");
        server.advance(Duration.ofSeconds(310));
        await().untilAsserted(() -> assertThat(presence).containsExactly("carol join", "carol timeout"));
        assertThat(publish(bob, "room", "after") - before).isGreaterThan(310 * 10_000_000L);
    }

    @Test
    void restoreBringsBackTheSnapshot(ManiculeServer server, ManiculeClient alice, ManiculeClient bob) {
        long first = publish(alice, "room", "first");
        alice.addMessageAction("room", MessageAction.of("reaction", "wave", first)).sync().orThrow();
        ManiculeServer.Snapshot snapshot = server.snapshot();
        publish(alice, "room", "second");
        alice.addMessageAction("room", MessageAction.of("reaction", "cry", first)).sync().orThrow();
        assertThat(texts(bob, "room")).hasSize(2);
        for (int round = 0; round < 3; round++) {
            server.restore(snapshot);
            assertThat(texts(bob, "room")).containsExactly("first");
            assertThat(alice.getMessageActions("room").sync().orThrow().actions()).hasSize(1);
            publish(bob, "room", "round " + round);
        }
        server.reset();
        assertThat(texts(bob, "room")).isEmpty();
        publish(bob, "room", "anew");
        assertThat(texts(alice, "room")).containsExactly("anew");
    }

    @Test
    void timetokensAreReproducible() {
        for (int run = 0; run < 2; run++) {
            try (ManiculeServer server = ManiculeServer.builder()
                    .at(Instant.parse("2026-01-01T00:00:00Z"))
                    .start()) {
                ManiculeClient alice = server.client("alice");
                assertThat(publish(alice, "room", "a")).isEqualTo(17672256000000001L);
                ManiculeServer.Snapshot snapshot = server.snapshot();
                assertThat(publish(alice, "room", "b")).isEqualTo(17672256000000002L);
                server.advance(Duration.ofSeconds(1));
                assertThat(publish(alice, "room", "c")).isEqualTo(17672256010000001L);
                server.restore(snapshot);
                assertThat(publish(alice, "room", "d")).isEqualTo(17672256000000002L);
            }
        }
    }

    @Test
    void ownerGrantsTokens() {
        try (ManiculeServer server = ManiculeServer.builder().secretKey("sec-c-1").start()) {
            ManiculeClient alice = server.client("alice");
            assertThat(alice.publish("room", "hello").sync().status().statusCode()).isEqualTo(403);
            String token = server.owner()
                    .grantToken(10)
                    .channel("room", Permission.WRITE)
                    .authorizedUuid("alice")
                    .sync()
                    .orThrow()
                    .token();
            alice.setToken(token);
            publish(alice, "room", "hello");
            server.advance(Duration.ofMinutes(11));
            assertThat(alice.publish("room", "too late").sync().status().statusCode()).isEqualTo(403);
        }
        try (ManiculeServer open = ManiculeServer.builder().start()) {
            assertThatThrownBy(open::owner).hasMessageContaining("secretKey");
        }
    }

    @Test
    void aSecondCloseDoesNothing() {
        ManiculeServer server = ManiculeServer.builder().start();
        server.close();
        server.close();
        assertThatThrownBy(server::reset).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("It is closed");
    }

    @Test
    void serverListensOnLoopbackOnly() {
        assertThatThrownBy(() -> ManiculeServer.builder().configuration("host: 0.0.0.0").start())
                .hasMessageContaining("0.0.0.0 is no loopback address");
    }
}
