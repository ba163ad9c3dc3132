package dev.manicule.client;

import java.util.List;
import java.util.concurrent.Flow;

/** Takes all that a stream has, as it comes. */
record Streamed(List<Event> events) implements Flow.Subscriber<Event> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Event event) {
        events.add(event);
    }

    @Override
    public void onError(Throwable thrown) {
        throw new AssertionError(thrown);
    }

    @Override
    public void onComplete() {}
}
