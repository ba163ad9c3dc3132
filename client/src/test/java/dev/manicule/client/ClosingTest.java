package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of calls and callbacks when users of one client block, cancel and close. */
@Timeout(60)
class ClosingTest {
    @Test
    void everyCallbackRunsOnceDuringClose() throws Exception {
        AtomicInteger called = new AtomicInteger();
        List<CompletableFuture<?>> futures = new ArrayList<>();
        try (StubServer server = StubServer.saying(200, "[15]")) {
            ManiculeClient client = ManiculeClient.of(server.config().build());
            for (int i = 0; i < 100; i++) {
                client.time().async((result, status) -> {
                    sleep(20);
                    called.incrementAndGet();
                });
                futures.add(client.time().future());
            }
            client.close();
            CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
            await().until(() -> called.get() == 100);
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCallThatIsCancelledDuringAPauseIsNotSentAgain() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        AtomicInteger publishes = new AtomicInteger();
        try (StubServer server = new StubServer(exchange -> {
            if (exchange.getRequestURI().getPath().startsWith("/publish")) {
                publishes.incrementAndGet();
                StubServer.say(exchange, 503, "{\"message\":\"busy\"}");
                refused.countDown();
            } else {
                StubServer.say(exchange, 200, "[15]");
            }
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            CompletableFuture<?> call = client.publish("c", 1).future();
            refused.await();
            call.cancel(true);
            for (int i = 0; i < 10; i++) { // longer than the pause of 200 ms
                sleep(50);
                assertThat(client.time().sync().status().isError()).isFalse();
            }
            assertThat(publishes).hasValueLessThanOrEqualTo(1);
        }
    }

    @Test
    void closeEndsThePauseBetweenAttempts() throws Exception {
        CountDownLatch refused = new CountDownLatch(2);
        try (StubServer server = new StubServer(exchange -> {
            StubServer.say(exchange, 503, "{\"message\":\"busy\"}");
            refused.countDown();
        })) {
            ManiculeClient client = ManiculeClient
                    .of(server.config().retries(9).requestTimeout(Duration.ofHours(1)).build());
            CompletableFuture<Envelope<Publish.Result>> call = client.publish("c", 1).future();
            CompletableFuture<String> thread = call.thenApply(envelope -> Thread.currentThread().getName());
            refused.await();
            client.close();
            assertThat(call.join().status().category()).isIn(Category.CANCELLED, Category.UNAVAILABLE);
            assertThat(thread.join()).matches("manicule-client-\\d+-worker-\\d+|" + Thread.currentThread().getName());
        }
    }

    @Test
    void callbacksThatBlockDelayNoCallOfAnotherUser() throws Exception {
        try (StubServer server = StubServer.saying(200, "[15]");
                ManiculeClient alice = ManiculeClient.of(server.config().build())) {
            AtomicBoolean isOver = new AtomicBoolean();
            for (int i = 0; i < 8; i++) {
                alice.time().async((result, status) -> {
                    while (!isOver.get()) { // busy, as far as a thread's state says
                        Thread.onSpinWait();
                    }
                });
            }
            CompletableFuture<Envelope<Time.Result>> call = alice.as("bob").time().future();
            await().until(() -> server.requests.stream().anyMatch(request -> request.contains("uuid=bob")));
            isOver.set(true);
            assertThat(call.join().status().isError()).isFalse();
        }
    }

    @Test
    void callbackMayCloseTheClient() throws Exception {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        try (StubServer server = StubServer.saying(200, "[15]")) {
            ManiculeClient client = ManiculeClient.of(server.config().build());
            client.time().async((result, status) -> {
                client.close();
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            assertThat(interrupted.join()).isFalse();
        }
    }

    /** Requests nothing before it is asked to. */
    private static final class Idle implements Flow.Subscriber<Event> {
        private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        private final CountDownLatch completed = new CountDownLatch(1);
        private final AtomicInteger received = new AtomicInteger();

        @Override
        public void onSubscribe(Flow.@Nullable Subscription given) {
            subscription.complete(Objects.requireNonNull(given));
        }

        @Override
        public void onNext(Event event) {
            received.incrementAndGet();
        }

        @Override
        public void onError(Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void onComplete() {
            completed.countDown();
        }
    }

    private static StubServer talking() throws Exception {
        String messages = String.join(",",
                Collections.nCopies(300, "{\"c\":\"c\",\"d\":1,\"p\":{\"t\":\"2\"}}"));
        return new StubServer(exchange -> {
            String uri = exchange.getRequestURI().toString();
            if (uri.startsWith("/v2/subscribe")) {
                StubServer.say(exchange, 200,
                        "{\"t\":{\"t\":\"2\",\"r\":1},\"m\":[" + (uri.contains("tt=0") ? "" : messages) + "]}");
            } else {
                StubServer.say(exchange, 200, "[15]");
            }
        });
    }

    @Test
    void subscribersThatRequestNothingHoldNoThread() throws Exception {
        try (StubServer server = talking(); ManiculeClient first = ManiculeClient.of(server.config().build())) {
            List<Idle> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                ManiculeClient user = first.as("user" + i);
                Idle idle = new Idle();
                user.events().subscribe(idle);
                user.subscribeFrom(1, "c");
                all.add(idle);
            }
            for (Idle idle : all) {
                idle.subscription.join().request(1);
            }
            await().until(() -> all.stream().allMatch(idle -> idle.received.get() == 1));
            assertThat(first.time().future().join().status().isError()).isFalse();
            Set<String> workers = Thread.getAllStackTraces()
                    .keySet()
                    .stream()
                    .map(Thread::getName)
                    .filter(name -> name.matches("manicule-client-\\d+-(worker|request)-.*"))
                    .collect(Collectors.toSet());
            assertThat(workers).hasSizeLessThanOrEqualTo(10);
        }
    }

    @Test
    void closeOfTheClientCompletesItsUsersStreams() throws Exception {
        Idle idle = new Idle();
        try (StubServer server = talking()) {
            ManiculeClient alice = ManiculeClient.of(server.config().build());
            ManiculeClient bob = alice.as("bob");
            bob.events().subscribe(idle);
            bob.subscribeFrom(1, "c");
            idle.subscription.join().request(1);
            await().until(() -> idle.received.get() == 1);
            alice.close();
            idle.subscription.join().request(Long.MAX_VALUE);
            idle.completed.await();
            bob.close();
        }
    }

    /** A listener that publishes at that status must get its own message. */
    @Test
    void connectedFollowsTheHandshakeAfterADownServer() throws Exception {
        AtomicBoolean isDown = new AtomicBoolean(true);
        AtomicBoolean hasShakenHands = new AtomicBoolean();
        CompletableFuture<Boolean> connected = new CompletableFuture<>();
        List<Category> statuses = new CopyOnWriteArrayList<>();
        try (StubServer server = new StubServer(exchange -> {
            if (isDown.get()) {
                StubServer.say(exchange, 503, "{\"message\":\"away\"}");
            } else if (exchange.getRequestURI().toString().startsWith("/v2/subscribe")) {
                if (!exchange.getRequestURI().toString().contains("tt=0")) {
                    sleep(2_000);
                }
                hasShakenHands.set(true);
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"15\",\"r\":1},\"m\":[]}");
            } else {
                StubServer.say(exchange, 200, "[15]");
            }
        }); ManiculeClient client = ManiculeClient.of(server.config().retries(0).build())) {
            client.addListener(new Listener() {
                @Override
                public void status(Status status) {
                    statuses.add(status.category());
                    if (status.category() == Category.UNEXPECTED_DISCONNECT) {
                        isDown.set(false);
                    } else if (status.category() == Category.CONNECTED
                            || status.category() == Category.RECONNECTED) {
                        connected.complete(hasShakenHands.get());
                    }
                }
            });
            client.subscribe("c");
            assertThat(connected.join()).isTrue();
            assertThat(statuses).containsExactly(Category.UNEXPECTED_DISCONNECT, Category.CONNECTED);
        }
    }

    @Test
    void invalidTimeoutsAreNamed() {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> ClientConfig.forUser("u").connectTimeout(wrong).build())
                    .hasMessageStartingWith("connectTimeout must be");
            assertThatThrownBy(() -> ClientConfig.forUser("u").requestTimeout(wrong).build())
                    .hasMessageStartingWith("requestTimeout must be");
            assertThatThrownBy(() -> ClientConfig.forUser("u").subscribeTimeout(wrong).build())
                    .hasMessageStartingWith("subscribeTimeout must be");
        }
    }
}
