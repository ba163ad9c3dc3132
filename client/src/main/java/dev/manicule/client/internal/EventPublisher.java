package dev.manicule.client.internal;

import dev.manicule.client.Event;
import dev.manicule.client.Listener;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.client.MessageEvent;
import dev.manicule.client.PresenceEvent;
import dev.manicule.client.SignalEvent;
import dev.manicule.client.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;

/**
 * The events of a client as a reactive stream: each subscriber has a listener, which waits until the subscriber has
 * requested an event or there is room for it. Any thread may use it.
 */
public final class EventPublisher implements Flow.Publisher<Event> {
    private static final int BUFFERED = 256;
    /** How soon a waiting listener notices that the client was closed. */
    private static final long GLANCE_MILLIS = 100;

    private final Listeners listeners;
    private final Executor workers;
    private volatile boolean closed;

    /** No subscribers yet. */
    public EventPublisher(Listeners listeners, Executor workers) {
        this.listeners = listeners;
        this.workers = workers;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Event> subscriber) {
        SubmissionPublisher<Event> publisher = new SubmissionPublisher<>(workers, BUFFERED);
        try {
            publisher.subscribe(subscriber);
            listeners.add(new Forwarding(publisher));
        } catch (RejectedExecutionException e) {
            complete(subscriber);
        }
        if (closed) {
            publisher.close();
        }
    }

    /** Completes the stream of a subscriber that came after the client was closed. */
    private static void complete(Flow.Subscriber<?> subscriber) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                // nothing will come
            }

            @Override
            public void cancel() {
                // nothing will come
            }
        });
        subscriber.onComplete();
    }

    /** Completes the stream of each subscriber, after the events that it has not received yet. */
    public void close() {
        closed = true;
        listeners.forEach(listener -> {
            if (listener instanceof Forwarding forwarding) {
                forwarding.publisher.close();
            }
        });
    }

    private final class Forwarding implements Listener {
        private final SubmissionPublisher<Event> publisher;

        Forwarding(SubmissionPublisher<Event> publisher) {
            this.publisher = publisher;
        }

        private void forward(Event event) {
            try {
                boolean isAccepted = false;
                while (!isAccepted && !closed && publisher.hasSubscribers()) {
                    isAccepted = publisher.offer(event, GLANCE_MILLIS, TimeUnit.MILLISECONDS, null) >= 0;
                }
                if (!publisher.hasSubscribers()) { // it has cancelled
                    listeners.remove(this);
                    publisher.close();
                }
            } catch (IllegalStateException | RejectedExecutionException e) {
                listeners.remove(this); // the client is closed
            }
        }

        @Override
        public void status(Status status) {
            forward(status);
        }

        @Override
        public void message(MessageEvent message) {
            forward(message);
        }

        @Override
        public void messageAction(MessageActionEvent event) {
            forward(event);
        }

        @Override
        public void signal(SignalEvent signal) {
            forward(signal);
        }

        @Override
        public void presence(PresenceEvent event) {
            forward(event);
        }
    }
}
