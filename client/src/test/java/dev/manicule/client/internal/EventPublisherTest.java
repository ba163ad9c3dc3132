package dev.manicule.client.internal;

import static org.awaitility.Awaitility.await;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.Event;
import java.lang.ref.WeakReference;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a publisher keeps of subscribers that have gone. */
@Timeout(60)
class EventPublisherTest {
    /** Wants nothing. */
    private static final class Cancelling implements Flow.Subscriber<Event> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(Event event) {
            throw new AssertionError(event);
        }

        @Override
        public void onError(Throwable thrown) {
            throw new AssertionError(thrown);
        }

        @Override
        public void onComplete() {
            throw new AssertionError("completed after it was cancelled");
        }
    }

    private static WeakReference<Cancelling> cancelled(EventPublisher publisher) {
        Cancelling subscriber = new Cancelling();
        publisher.subscribe(subscriber);
        return new WeakReference<>(subscriber);
    }

    /** The signals run at once, on this thread: no subscriber can be earlier. */
    @Test
    void aSubscriberThatCancelsInOnSubscribeIsNotKept() {
        try (Connections connections = new Connections(ClientConfig.forUser("u").build(), new Threads())) {
            Listeners listeners = new Listeners(connections.threads());
            EventPublisher publisher = new EventPublisher(listeners, connections, Runnable::run);
            WeakReference<Cancelling> subscriber = cancelled(publisher);
            await().until(() -> {
                System.gc();
                return subscriber.refersTo(null);
            });
            listeners.close(); // both are there until now
            publisher.close();
        }
    }
}
