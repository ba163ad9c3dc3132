package dev.manicule.client.internal;

import dev.manicule.client.ActionSummaryEvent;
import dev.manicule.client.Event;
import dev.manicule.client.FileEvent;
import dev.manicule.client.Listener;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.client.MessageEvent;
import dev.manicule.client.MetadataEvent;
import dev.manicule.client.PresenceEvent;
import dev.manicule.client.ReadMarkEvent;
import dev.manicule.client.SignalEvent;
import dev.manicule.client.Status;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The events of a client as a reactive stream: each subscriber has a listener and a queue. While a queue is full, the
 * client's deliveries are held; no thread waits. Any thread may use it.
 */
public final class EventPublisher implements Flow.Publisher<Event> {
    /** With so many events in a queue, no more are delivered, beyond those of the same poll. */
    private static final int ENOUGH = 256;

    private final Listeners listeners;
    private final Connections connections;
    /** Where subscribers get their signals. */
    private final Executor threads;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** No subscribers yet. */
    public EventPublisher(Listeners listeners, Connections connections) {
        this(listeners, connections, connections.threads());
    }

    EventPublisher(Listeners listeners, Connections connections, Executor threads) {
        this.listeners = listeners;
        this.connections = connections;
        this.threads = threads;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Event> subscriber) {
        connections.add(this);
        Stream stream = new Stream(Objects.requireNonNull(subscriber, "subscriber"));
        streams.add(stream);
        listeners.add(stream); // before it begins: it may end at once, which removes it
        stream.signals.execute(stream::begin);
        if (closed) {
            stream.complete();
        }
    }

    /** Completes the stream of each subscriber, after the events that it has not received yet. */
    public void close() {
        closed = true;
        streams.forEach(Stream::complete);
    }

    /** The events for one subscriber, which gets all signals one after the other. */
    private final class Stream implements Listener, Flow.Subscription {
        private final Flow.Subscriber<? super Event> subscriber;
        private final SerialExecutor signals = new SerialExecutor(threads);
        private final Queue<Event> queue = new ArrayDeque<>();
        private long requested;
        private boolean hasBegun;
        private boolean isCompleting;
        private boolean isOver;

        Stream(Flow.Subscriber<? super Event> subscriber) {
            this.subscriber = subscriber;
        }

        void begin() {
            try {
                subscriber.onSubscribe(this);
            } catch (Throwable e) {
                failed(e);
            }
            synchronized (this) {
                hasBegun = true;
            }
            drain();
        }

        private void forward(Event event) {
            synchronized (this) {
                if (isOver || isCompleting) {
                    return;
                }
                queue.add(event);
                if (queue.size() >= ENOUGH) {
                    listeners.hold(this);
                }
            }
            signals.execute(this::drain);
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                end();
                signals.execute(() -> subscriber.onError(
                        new IllegalArgumentException("a subscriber requested " + n + " events: at least 1")));
                return;
            }
            synchronized (this) {
                requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
            }
            signals.execute(this::drain);
        }

        @Override
        public void cancel() {
            end();
        }

        void complete() {
            synchronized (this) {
                isCompleting = true;
            }
            signals.execute(this::drain);
        }

        private void drain() {
            for (Event event = next(); event != null; event = next()) {
                try {
                    subscriber.onNext(event);
                } catch (Throwable e) {
                    failed(e);
                }
            }
            boolean isComplete;
            synchronized (this) {
                isComplete = hasBegun && isCompleting && queue.isEmpty() && !isOver;
            }
            if (isComplete) {
                end();
                try {
                    subscriber.onComplete();
                } catch (Throwable e) {
                    ErrorLog.report("A subscriber failed", e);
                }
            }
        }

        private synchronized @Nullable Event next() {
            if (!hasBegun || isOver || requested == 0) {
                return null;
            }
            Event event = queue.poll();
            if (event != null && requested != Long.MAX_VALUE) {
                requested--;
            }
            if (event != null && queue.size() == ENOUGH - 1) { // it was full until now
                listeners.release(this);
            }
            return event;
        }

        private void failed(Throwable thrown) {
            end();
            ErrorLog.report("A subscriber failed", thrown);
        }

        /** Nothing more is delivered, and nothing waits for it. */
        private void end() {
            synchronized (this) {
                isOver = true;
                queue.clear();
            }
            streams.remove(this);
            listeners.remove(this);
            listeners.release(this);
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

        @Override
        public void actionSummary(ActionSummaryEvent event) {
            forward(event);
        }

        @Override
        public void readMark(ReadMarkEvent event) {
            forward(event);
        }

        @Override
        public void metadata(MetadataEvent event) {
            forward(event);
        }

        @Override
        public void file(FileEvent event) {
            forward(event);
        }
    }
}
