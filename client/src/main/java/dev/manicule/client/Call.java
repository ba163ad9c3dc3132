package dev.manicule.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request to the server. One thread builds it step by step, and then sends it in one of three ways. Nothing is sent
 * before one of them is called; each call of one sends a new request.
 *
 * <p>A failure of the server or the network never makes these throw: the status has it. A missing or unsendable
 * argument does: each throws {@link IllegalArgumentException}, which names the argument, before anything is sent.
 *
 * @param <R> the type of its result
 */
public abstract class Call<R> {
    private final Transport transport;

    Call(Transport transport) {
        this.transport = transport;
    }

    /** Receives the outcome of a call, on a thread of the client's where it may block. */
    @FunctionalInterface
    public interface Callback<R> {
        /** Called once; {@code result} is null when the status is an error. */
        void done(@Nullable R result, Status status);
    }

    /**
     * Sends the request and waits for the response, at most as long as the configured timeout. An interrupt ends the
     * wait with a status of {@link Category#CANCELLED} and stays set.
     */
    public final Envelope<R> sync() {
        return transport.sendAndWait(request());
    }

    /** Sends the request; the callback receives the outcome. */
    public final void async(Callback<? super R> callback) {
        var unused = future().thenAccept(envelope -> callback.done(envelope.result(), envelope.status()))
                .exceptionally(thrown -> {
                    transport.complain("A callback failed", Transport.unwrapped(thrown));
                    return null;
                });
    }

    /**
     * Sends the request. The future completes with an envelope also when the call failed; it completes exceptionally
     * only when it is cancelled, which ends the request too. Dependent stages run on a thread of the client's where
     * they may block.
     */
    public final CompletableFuture<Envelope<R>> future() {
        return transport.send(request(), transport.workers());
    }

    final Transport transport() {
        return transport;
    }

    /**
     * The request to send.
     *
     * @throws IllegalArgumentException when something is missing, or can't be sent
     */
    abstract Request<R> request();

    /** Returns a text that is present and can be sent; otherwise throws, naming it. */
    static String required(@Nullable String value, String name) {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return Unicode.checked(value, name);
    }

    /** Returns a valid timetoken; otherwise throws, naming it. */
    static long required(@Nullable Long timetoken, String name) {
        if (timetoken == null || timetoken <= 0) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return timetoken;
    }
}
