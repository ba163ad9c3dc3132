package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events as a reactive stream. */
@Timeout(60)
class EventsTest {
    private static final int EVERY_POLL = 500;

    private final AtomicInteger polls = new AtomicInteger();

    /** Each poll brings 500 messages with the next numbers. */
    private StubServer server() throws Exception {
        return new StubServer(exchange -> {
            if (exchange.getRequestURI().toString().contains("tt=0")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"1\",\"r\":1},\"m\":[]}");
                return;
            }
            int poll = polls.getAndIncrement();
            String messages = IntStream.range(poll * EVERY_POLL, (poll + 1) * EVERY_POLL)
                    .mapToObj(number -> "{\"c\":\"c\",\"d\":" + number + ",\"p\":{\"t\":\"" + (number + 1) + "\"}}")
                    .collect(Collectors.joining(","));
            StubServer.say(exchange, 200, "{\"t\":{\"t\":\"" + (poll + 2) + "\",\"r\":1},\"m\":[" + messages + "]}");
        });
    }

    /** Requests what the test says. */
    private static final class Subscriber implements Flow.Subscriber<Event> {
        private final BlockingQueue<Event> received = new LinkedBlockingQueue<>();
        private final CountDownLatch subscribed = new CountDownLatch(1);
        private final CountDownLatch completed = new CountDownLatch(1);
        private Flow.@Nullable Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            subscribed.countDown();
        }

        Flow.Subscription subscription() throws InterruptedException {
            subscribed.await();
            return Objects.requireNonNull(subscription);
        }

        @Override
        public void onNext(Event event) {
            received.add(event);
        }

        @Override
        public void onError(Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void onComplete() {
            completed.countDown();
        }

        Event next() throws InterruptedException {
            return received.take();
        }
    }

    @Test
    void subscriberGetsEventsInOrderAsRequested() throws Exception {
        try (StubServer server = server(); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Subscriber subscriber = new Subscriber();
            client.events().subscribe(subscriber);
            client.subscribeFrom(1, "c");
            Flow.Subscription subscription = subscriber.subscription();
            subscription.request(1);
            assertThat(subscriber.next()).isInstanceOfSatisfying(Status.class,
                    status -> assertThat(status.category()).isEqualTo(Category.CONNECTED));
            for (int number = 0; number < 10_000; number++) {
                assertThat(subscriber.received).as("nothing that was not requested").isEmpty();
                subscription.request(1);
                assertThat(subscriber.next()).isInstanceOfSatisfying(MessageEvent.class, number(number));
            }
        }
    }

    private static Consumer<MessageEvent> number(int number) {
        return message -> assertThat(message.message().intValue()).isEqualTo(number);
    }

    @Test
    void backpressureStopsFetching() throws Exception {
        try (StubServer server = server(); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Subscriber idle = new Subscriber();
            client.events().subscribe(idle);
            client.subscribeFrom(1, "c");
            await().until(() -> polls.get() >= 2);
            int most = (256 + 1_000) / EVERY_POLL + 1; // 256 events wait for the subscriber, and 1,000 for the listeners
            await().during(Duration.ofMillis(500)).until(() -> polls.get() <= most);
            idle.subscription().request(Long.MAX_VALUE);
            await().until(() -> polls.get() > most + 3);
        }
    }

    @Test
    void cancelledSubscriberGetsNothingAndDelaysNoOthers() throws Exception {
        try (StubServer server = server(); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Subscriber idle = new Subscriber();
            Subscriber busy = new Subscriber();
            client.events().subscribe(idle);
            client.events().subscribe(busy);
            busy.subscription().request(Long.MAX_VALUE);
            client.subscribeFrom(1, "c");
            await().until(() -> polls.get() >= 2);
            idle.subscription().cancel();
            await().until(() -> polls.get() > 20);
            assertThat(idle.received).isEmpty();
            assertThat(busy.next()).isInstanceOf(Status.class);
            List<Integer> numbers = Stream.generate(() -> take(busy)).limit(5_000).toList();
            assertThat(numbers).isEqualTo(IntStream.range(0, 5_000).boxed().toList());
        }
    }

    private static int take(Subscriber subscriber) {
        try {
            return ((MessageEvent) subscriber.next()).message().intValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void closeCompletesEarlyAndLateSubscribers() throws Exception {
        Subscriber eager = new Subscriber();
        Subscriber late = new Subscriber();
        try (StubServer server = server()) {
            ManiculeClient client = ManiculeClient.of(server.config().build());
            client.events().subscribe(eager);
            eager.subscription().request(Long.MAX_VALUE);
            client.subscribeFrom(1, "c");
            await().until(() -> polls.get() >= 2);
            client.close();
            client.events().subscribe(late);
        }
        eager.completed.await();
        late.completed.await();
        assertThat(late.received).isEmpty();
    }
}
