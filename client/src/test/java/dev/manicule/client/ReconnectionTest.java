package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

    @Test
    void theFirstAttemptIsAtOnceAndLaterOnesAreBoundedAndScattered() {
        assertThat(IntStream.range(0, 6)
                .mapToObj(attempt -> ReconnectionPolicy.EXPONENTIAL.delay(attempt, MOST, 0).toMillis()))
                .containsExactly(0L, 1000L, 2000L, 4000L, 5000L, 5000L);
        assertThat(ReconnectionPolicy.EXPONENTIAL.delay(1_000_000, MOST, 0)).isEqualTo(MOST);
        assertThat(ReconnectionPolicy.EXPONENTIAL.delay(3, MOST, 1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(ReconnectionPolicy.LINEAR.delay(9, MOST, 0)).isEqualTo(Duration.ofSeconds(3));
        assertThat(ReconnectionPolicy.LINEAR.delay(9, Duration.ofSeconds(1), 0)).isEqualTo(Duration.ofSeconds(1));
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
    void anotherCallThatIsAnsweredBringsTheSubscriptionBack() throws Exception {
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
            ExecutorService workers = Executors.newCachedThreadPool();
            ExecutorService listening = Executors.newSingleThreadExecutor();
            PatientLoop loop = new PatientLoop();
            Transport transport = new Transport(server.config().retries(0).build(), workers);
            Listeners listeners = new Listeners(listening, transport);
            Subscription subscription = new Subscription(transport, listeners, loop);
            transport.whenAnswered(subscription::serverAnswers);
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
            subscription.subscribe(List.of("c"), List.of(), null);
            Time time = new Time(transport);
            isLost.await();
            assertThat(time.sync().status().isError()).as("a call that is refused brings nothing back").isTrue();
            isAway.set(false);
            do {
                var unused = time.sync();
            } while (!isBack.await(100, TimeUnit.MILLISECONDS));
            transport.close();
            loop.shutdownNow();
            listening.shutdownNow();
            workers.shutdownNow();
        }
    }
}
