package dev.manicule.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Listener;
import dev.manicule.client.Operation;
import dev.manicule.client.ReconnectionPolicy;
import dev.manicule.client.Status;
import dev.manicule.client.StubServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How soon a subscription comes back. */
class ReconnectionTest {
    private static final Duration MOST = Duration.ofSeconds(5);

    private static Duration delay(ReconnectionPolicy policy, int attempt, Duration most, double random) {
        return Backoff.delay(new ClientConfig.Reconnection(policy, most, -1), attempt, random);
    }

    @Test
    void firstRetryIsImmediateAndLaterOnesJitter() {
        assertThat(IntStream.range(0, 6)
                .mapToObj(attempt -> delay(ReconnectionPolicy.EXPONENTIAL, attempt, MOST, 0).toMillis()))
                .containsExactly(0L, 1000L, 2000L, 4000L, 5000L, 5000L);
        assertThat(delay(ReconnectionPolicy.EXPONENTIAL, 1_000_000, MOST, 0)).isEqualTo(MOST);
        assertThat(delay(ReconnectionPolicy.EXPONENTIAL, 3, MOST, 1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(delay(ReconnectionPolicy.LINEAR, 9, MOST, 0)).isEqualTo(Duration.ofSeconds(3));
        assertThat(delay(ReconnectionPolicy.LINEAR, 9, Duration.ofSeconds(1), 0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(ClientConfig.forUser("u").build().reconnection().maximumDelay()).isEqualTo(MOST);
        assertThatThrownBy(() -> ClientConfig.forUser("u").maximumReconnectionDelay(Duration.ZERO).build())
                .hasMessageContaining("maximumReconnectionDelay");
    }

    /** Waits for an hour where it is to wait at all. */
    private static final class PatientLoop extends ScheduledThreadPoolExecutor {
        PatientLoop() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            return delay == 0 ? super.schedule(task, 0, unit) : super.schedule(task, 1, TimeUnit.HOURS);
        }
    }

    @Test
    @Timeout(60)
    void answeredCallReconnectsTheSubscription() throws Exception {
        AtomicBoolean isAway = new AtomicBoolean();
        CountDownLatch isLost = new CountDownLatch(1);
        CountDownLatch isBack = new CountDownLatch(1);
        try (StubServer server = new StubServer(exchange -> {
            String query = exchange.getRequestURI().toString();
            if (isAway.get()) {
                StubServer.say(exchange, 503, "{\"message\":\"away\"}");
            } else if (query.startsWith("/v2/subscribe") && !query.contains("tt=0")) {
                isAway.set(true); // the first poll is the last thing that works
                StubServer.say(exchange, 503, "{\"message\":\"away\"}");
            } else if (query.startsWith("/v2/subscribe")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"15\",\"r\":1},\"m\":[]}");
            } else {
                StubServer.say(exchange, 200, "[15]");
            }
        })) {
            PatientLoop loop = new PatientLoop();
            ClientConfig config = server.config().retries(0).build();
            Connections connections = new Connections(config, new Threads());
            Transport transport = new Transport(connections, config, null);
            Listeners listeners = new Listeners(connections.threads());
            Subscription subscription = new Subscription(transport, listeners, loop);
            transport.afterResponse(subscription::serverResponds);
            listeners.add(new Listener() {
                @Override
                public void status(Status status) {
                    if (status.category() == Category.UNEXPECTED_DISCONNECT) {
                        isLost.countDown();
                    } else if (status.category() == Category.RECONNECTED) {
                        isBack.countDown();
                    }
                }
            });
            subscription.subscribe(List.of("c"), List.of(), List.of(), null, null);
            Request<Boolean> time = Request.get(Operation.TIME, Path.of("time", 0), Query.NONE, json -> true);
            isLost.await();
            assertThat(transport.sendAndWait(time).status().isError()).as("a call that is refused brings nothing back")
                    .isTrue();
            isAway.set(false);
            do {
                var unused = transport.sendAndWait(time);
            } while (!isBack.await(100, TimeUnit.MILLISECONDS));
            connections.close();
            loop.shutdownNow();
        }
    }
}
