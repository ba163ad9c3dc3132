package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Envelope;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.client.MessageEvent;
import dev.manicule.client.ReconnectionPolicy;
import dev.manicule.client.SubscriptionState;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The subscription of the Java client, against the real server. */
class ClientSubscriptionTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static final Duration SOON = Duration.ofSeconds(10);

    private ManiculeClient alice = SERVER.client("alice");
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    @Test
    void listenersSeeMessagesAndActionsInOrder() {
        try (ManiculeClient bob = SERVER.client("bob")) {
            Recorder recorder = new Recorder();
            bob.addListener(recorder);
            bob.subscribe(channel, "another");
            recorder.awaitConnected();
            assertThat(bob.subscribedChannels()).containsExactly(channel, "another");
            assertThat(bob.subscriptionState()).isEqualTo(SubscriptionState.CONNECTED);
            long message = alice.publish(channel, "hi").meta(Map.of("a", 1)).sync().orThrow().timetoken();
            MessageAction added = alice.addMessageAction(channel, MessageAction.of("r", "v", message)).sync().orThrow();
            alice.removeMessageAction(channel, message, added.actionTimetoken()).sync().orThrow();
            await().atMost(SOON).until(() -> recorder.actions.size() == 2);
            MessageEvent told = recorder.messages.get(0);
            assertThat(told.channel()).isEqualTo(channel);
            assertThat(told.subscription()).isNull();
            assertThat(told.timetoken()).isEqualTo(message);
            assertThat(told.publisher()).isEqualTo("alice");
            assertThat(told.message().asText()).isEqualTo("hi");
            assertThat(told.userMetadata()).isNotNull();
            assertThat(recorder.actions.get(0).action()).isEqualTo(added);
            assertThat(recorder.actions.get(0).isAdded()).isTrue();
            assertThat(recorder.actions.get(0).timetoken()).isEqualTo(added.actionTimetoken());
            assertThat(recorder.actions.get(1).event()).isEqualTo("removed");
            assertThat(recorder.actions.get(1).action()).isEqualTo(added);
            bob.unsubscribe(channel);
            await().atMost(SOON).until(() -> bob.subscribedChannels().equals(List.of("another")));
            alice.publish(channel, "unheard").sync().orThrow();
            alice.publish("another", "heard").sync().orThrow();
            await().atMost(SOON).until(() -> recorder.messages.size() == 2);
            assertThat(recorder.messages.get(1).message().asText()).isEqualTo("heard");
            bob.unsubscribeAll();
            await().atMost(SOON).until(() -> bob.subscriptionState() == SubscriptionState.IDLE);
        }
    }

    @Test
    void channelsAddedLaterMissNothing() {
        Recorder recorder = new Recorder();
        alice.addListener(recorder);
        alice.subscribe(channel);
        recorder.awaitConnected();
        for (int i = 0; i < 20; i++) {
            alice.subscribe(channel + i);
            alice.publish(channel, i).sync().orThrow();
        }
        await().atMost(SOON).until(() -> recorder.messages.size() >= 20);
        assertThat(recorder.messages.stream().map(message -> message.message().asInt()))
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 20).boxed().toList());
    }

    /** A cancelled poll once took the connection of the next call with it, in one of some hundred cases. */
    @Test
    void subscriptionChangesFailNoCall() {
        for (int round = 0; round < 30; round++) {
            try (ManiculeClient busy = SERVER.client("busy")) {
                for (int i = 0; i < 40; i++) {
                    busy.subscribe(channel + i);
                    busy.publish(channel, i).sync().orThrow();
                }
            }
        }
    }

    @Test
    void anOldTimetokenCatchesUp() {
        List<Long> published = new ArrayList<>();
        for (int i = 0; i < 230; i++) {
            published.add(alice.publish(channel, i).sync().orThrow().timetoken());
        }
        Recorder recorder = new Recorder();
        alice.addListener(recorder);
        alice.subscribeFrom(published.get(9), channel);
        await().atMost(SOON).until(() -> recorder.messages.size() == 220);
        assertThat(recorder.messages.stream().map(MessageEvent::timetoken)).isEqualTo(published.subList(10, 230));
    }

    @Test
    void listenersMayThrowWaitCallTheClientAndAddListeners() {
        Recorder late = new Recorder();
        Recorder recorder = new Recorder();
        alice.addListener(new Listener() {
            @Override
            public void message(MessageEvent message) {
                alice.addMessageAction(channel, MessageAction.of("receipt", "seen", message.timetoken()))
                        .sync()
                        .orThrow();
                alice.addListener(late);
                throw new IllegalStateException("on purpose");
            }
        });
        alice.addListener(recorder);
        alice.subscribe(channel);
        recorder.awaitConnected();
        alice.publish(channel, 1).sync().orThrow();
        await().atMost(SOON).until(() -> recorder.actions.size() == 1 && late.actions.size() == 1);
        assertThat(recorder.messages).hasSize(1);
    }

    @Test
    void slowListenersDelayNoOthersAndMissNothing() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Recorder recorder = new Recorder() {
            @Override
            public void message(MessageEvent message) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                super.message(message);
            }
        };
        alice.addListener(recorder);
        alice.subscribe(channel);
        recorder.awaitConnected();
        try (ManiculeClient bob = SERVER.client("bob")) {
            for (int i = 0; i < 2500; i++) {
                bob.publish(channel, i).sync().orThrow();
            }
        }
        assertThat(alice.time().sync().status().isError()).isFalse();
        release.countDown();
        await().atMost(Duration.ofSeconds(30)).until(() -> recorder.messages.size() == 2500);
        assertThat(recorder.messages.stream().map(message -> message.message().asInt())).isSorted();
    }

    @Test
    void nothingIsMissedOverAServerRestart(@TempDir Path folder) throws Exception {
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0).withData(folder);
        Manicule first = Manicule.start(config);
        int port = first.port();
        Recorder recorder = new Recorder();
        try (ManiculeClient subscriber = ManiculeClient
                .of(ClientConfig.forUser("s").origin("127.0.0.1:" + port).build());
                ManiculeClient publisher = ManiculeClient
                        .of(ClientConfig.forUser("p").origin("127.0.0.1:" + port).build())) {
            subscriber.addListener(recorder);
            subscriber.subscribe(channel);
            recorder.awaitConnected();
            publisher.publish(channel, 1).sync().orThrow();
            await().atMost(SOON).until(() -> recorder.messages.size() == 1);
            first.close();
            await().atMost(SOON).until(() -> recorder.statuses.contains(Category.UNEXPECTED_DISCONNECT));
            assertThat(subscriber.subscriptionState()).isEqualTo(SubscriptionState.RECONNECTING);
            assertThat(subscriber.lastError()).isNotNull();
            assertThat(publisher.publish(channel, -1).sync().status().category()).isEqualTo(Category.NETWORK_ISSUES);
            try (Manicule second = Manicule.start(config.withPort(port))) {
                assertThat(second.port()).isEqualTo(port);
                for (int i = 2; i < 7; i++) {
                    publisher.publish(channel, i).sync().orThrow();
                }
                await().atMost(SOON).until(() -> recorder.messages.size() == 6);
                assertThat(recorder.messages.stream().map(message -> message.message().asInt()))
                        .containsExactly(1, 2, 3, 4, 5, 6);
                assertThat(recorder.statuses).endsWith(Category.CONNECTED, Category.UNEXPECTED_DISCONNECT,
                        Category.RECONNECTED);
            }
        }
    }

    @Test
    void nothingIsMissedOverALostConnection() throws Exception {
        Recorder recorder = new Recorder();
        try (Cable cable = new Cable(SERVER.port());
                ManiculeClient carol = ManiculeClient
                        .of(ClientConfig.forUser("carol").origin(cable.origin()).build())) {
            carol.addListener(recorder);
            carol.subscribe(channel);
            recorder.awaitConnected();
            cable.hangUp();
            for (int i = 0; i < 150; i++) { // more than one answer holds
                alice.publish(channel, i).sync().orThrow();
            }
            await().atMost(SOON).until(() -> recorder.messages.size() == 150);
            cable.cut();
            await().atMost(SOON).until(() -> recorder.statuses.contains(Category.UNEXPECTED_DISCONNECT));
            for (int i = 150; i < 300; i++) {
                alice.publish(channel, i).sync().orThrow();
            }
            assertThat(recorder.messages).hasSize(150);
            cable.mend();
            await().atMost(SOON).until(() -> recorder.messages.size() == 300);
            assertThat(recorder.messages.stream().map(message -> message.message().asInt()))
                    .isEqualTo(IntStream.range(0, 300).boxed().toList());
            assertThat(recorder.statuses).contains(Category.RECONNECTED);
        }
    }

    @Test
    void withoutPolicyReconnectMissesNothing(@TempDir Path folder) throws Exception {
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0).withData(folder);
        Manicule first = Manicule.start(config);
        String origin = "127.0.0.1:" + first.port();
        Recorder recorder = new Recorder();
        try (ManiculeClient none = ManiculeClient.of(ClientConfig.forUser("n")
                .origin(origin)
                .reconnectionPolicy(ReconnectionPolicy.NONE)
                .build());
                ManiculeClient resigned = ManiculeClient.of(ClientConfig.forUser("r")
                        .origin(origin)
                        .maximumReconnectionAttempts(1)
                        .build())) {
            none.addListener(recorder);
            none.subscribe(channel);
            Recorder tired = new Recorder();
            resigned.addListener(tired);
            resigned.subscribe(channel);
            recorder.awaitConnected();
            tired.awaitConnected();
            first.close();
            await().atMost(SOON).until(() -> none.subscriptionState() == SubscriptionState.STOPPED);
            await().atMost(SOON).until(() -> tired.statuses.contains(Category.RECONNECTION_ATTEMPTS_EXHAUSTED));
            try (Manicule second = Manicule.start(config.withPort(first.port()))) {
                new Wire(second.port()).publish(channel, "1");
                none.reconnect();
                resigned.reconnect();
                await().atMost(SOON).until(() -> recorder.messages.size() == 1 && tired.messages.size() == 1);
            }
        }
    }

    @Test
    void connectedFollowsTheServersResponse() {
        try (ManiculeClient client = ManiculeClient.of(ClientConfig.forUser("u").origin("127.0.0.1:1").build())) {
            Recorder recorder = new Recorder();
            client.addListener(recorder);
            client.subscribeFrom(5, channel);
            await().atMost(SOON).until(() -> recorder.statuses.equals(List.of(Category.UNEXPECTED_DISCONNECT)));
            client.subscribe(channel + "2");
            await().atMost(SOON).until(() -> recorder.statuses.size() == 2);
            assertThat(recorder.statuses).doesNotContain(Category.CONNECTED, Category.RECONNECTED);
        }
    }

    @Test
    void wrongKeyStopsTheSubscriptionWithAnError() {
        try (ManiculeClient client = ManiculeClient.of(ClientConfig.forUser("u")
                .origin(SERVER.origin())
                .subscribeKey("k".repeat(300))
                .build())) {
            Recorder recorder = new Recorder();
            client.addListener(recorder);
            client.subscribe(channel);
            await().atMost(SOON).until(() -> recorder.statuses.equals(List.of(Category.BAD_REQUEST)));
            assertThat(client.subscriptionState()).isEqualTo(SubscriptionState.STOPPED);
            assertThat(client.lastError()).isNotNull();
            assertThat(client.lastError().errorData()).isNotNull();
            assertThat(client.lastError().errorData().message()).isEqualTo("Invalid Subscribe Key");
        }
    }

    @Test
    void closeIsFastAndLeavesNoThread() throws Exception {
        for (int i = 0; i < 5; i++) {
            ManiculeClient client = SERVER.client("closer");
            Recorder recorder = new Recorder();
            client.addListener(recorder);
            client.subscribe(channel);
            recorder.awaitConnected();
            TimeUnit.MILLISECONDS.sleep(50);
            long began = System.nanoTime();
            client.close();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
        }
        alice.close();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("manicule-client-") || name.startsWith("HttpClient-")));
    }

    @Test
    void manyClientsActingAtOnceAreAllStoredAndAllSeen() throws Exception {
        long message = alice.publish(channel, "crowded").sync().orThrow().timetoken();
        Recorder recorder = new Recorder();
        alice.addListener(recorder);
        alice.subscribeFrom(message, channel);
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < 20; c++) {
            String uuid = "client" + c;
            threads.add(Thread.startVirtualThread(() -> {
                try (ManiculeClient client = SERVER.client(uuid)) {
                    List<CompletableFuture<Envelope<MessageAction>>> all = new ArrayList<>();
                    for (int i = 0; i < 25; i++) {
                        all.add(client.addMessageAction(channel, MessageAction.of("reaction", "v" + i, message))
                                .future());
                    }
                    all.forEach(future -> future.join().orThrow());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        await().atMost(SOON).until(() -> recorder.actions.size() == 500);
        assertThat(recorder.actions.stream().map(MessageActionEvent::timetoken)).isSorted()
                .doesNotHaveDuplicates();
        assertThat(alice.getMessageActions(channel).limit(1000).sync().orThrow().actions()).hasSize(500);
        JsonNode stored = SERVER.wire().get("/v3/history-with-actions/sub-key/demo/channel/" + channel).json();
        assertThat(stored.at("/channels/" + channel + "/0/actions/reaction")).hasSize(25);
    }
}
