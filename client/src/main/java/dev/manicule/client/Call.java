package dev.manicule.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something to ask of the server, put together step by step by one thread, then done in one of three ways. Nothing is sent before one
 * of them is called; each call of one sends it anew.
 *
 * <p>What the server or the network does never makes these throw: the status says it. What the caller forgot, or what is no text, does: each
 * throws {@link IllegalArgumentException}, which names it, before anything is sent.
 *
 * @param <R> what it gives
 */
public abstract class Call<R> {
    private final Transport transport;

    Call(Transport transport) {
        this.transport = transport;
    }

    /** Is told how a call went, on a thread of the client's where it may wait. */
    @FunctionalInterface
    public interface Callback<R> {
        /** Told once; {@code result} is null when the status is an error. */
        void done(@Nullable R result, Status status);
    }

    /**
     * Does it and waits for the answer, at most as long as the configured timeout. An interrupt ends the wait with a
     * status of {@link Category#CANCELLED} and stays set.
     */
    public final Envelope<R> sync() {
        return transport.sendAndWait(request());
    }

    /** Does it and tells the callback. */
    public final void async(Callback<? super R> callback) {
        var unused = future().thenAccept(envelope -> callback.done(envelope.result(), envelope.status()))
                .exceptionally(thrown -> {
                    transport.complain("A callback failed", Transport.unwrapped(thrown));
                    return null;
                });
    }

    /**
     * Does it. The future completes with an envelope also when the call failed; it completes exceptionally only when it
     * is cancelled, which ends the request too. What depends on it runs on a thread of the client's where it may wait.
     */
    public final CompletableFuture<Envelope<R>> future() {
        return transport.send(request(), transport.workers());
    }

    final Transport transport() {
        return transport;
    }

    /**
     * What to send.
     *
     * @throws IllegalArgumentException when something is missing, or can't be sent
     */
    abstract Request<R> request();

    /** Gives back what is there and can be sent, and names what is not. */
    static String required(@Nullable String value, String name) {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return Unicode.checked(value, name);
    }

    /** Gives back a timetoken that can be one, and names what can't. */
    static long required(@Nullable Long timetoken, String name) {
        if (timetoken == null || timetoken <= 0) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return timetoken;
    }
}
