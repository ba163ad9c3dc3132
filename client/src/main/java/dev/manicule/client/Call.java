package dev.manicule.client;

import dev.manicule.client.internal.ErrorLog;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import dev.manicule.client.internal.Unicode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request to the server that is not sent yet. It never changes: each method that sets something returns another call,
 * so a call can be kept, shared between threads, and sent any number of times. It is sent in one of three ways:
 *
 * <pre>{@code
 * Envelope<Publish.Result> envelope = client.publish("room", "hello").sync();
 * client.publish("room", "hello").async((result, status) -> log(status));
 * client.publish("room", "hello").future().thenAccept(published -> log(published.status()));
 * }</pre>
 *
 * <p>A failure of the server or the network never makes these throw: the status has it. A missing or unsendable
 * argument does: each throws {@link IllegalArgumentException}, which names the argument, before anything is sent.
 *
 * @param <R> the type of its result
 * @since 0.1
 */
public abstract class Call<R> {
    final Transport transport;

    Call(Transport transport) {
        this.transport = transport;
    }

    /**
     * Receives the outcome of a call, on a thread of the client's where it may block.
     *
     * @param <R> the type of the call's result
     * @since 0.1
     */
    @FunctionalInterface
    public interface Callback<R> {
        /**
         * Called once.
         *
         * @param result null when the status is an error
         * @param status the status, always
         */
        void done(@Nullable R result, Status status);
    }

    /**
     * Sends the request and waits for the response, at most as long as the configured timeout. An interrupt ends the
     * wait with a status of {@link Category#CANCELLED} and stays set.
     *
     * @return the outcome: a result, or a status with the error
     * @throws IllegalArgumentException when an argument is missing or can't be sent; the message names it
     */
    public final Envelope<R> sync() {
        Request<R> request = request();
        Envelope<R> envelope = transport.sendAndWait(request);
        for (Request<R> rest = rest(request, envelope); rest != null; rest = rest(rest, envelope)) {
            envelope = transport.sendAndWait(rest);
        }
        return envelope;
    }

    /**
     * Sends the request; the callback receives the outcome.
     *
     * @param callback called once, also after an error; what it throws is logged
     * @throws IllegalArgumentException when an argument is missing or can't be sent; the message names it
     */
    public final void async(Callback<? super R> callback) {
        var unused = future().thenAccept(envelope -> callback.done(envelope.result(), envelope.status()))
                .exceptionally(thrown -> {
                    ErrorLog.report("A callback failed", Transport.unwrapped(thrown));
                    return null;
                });
    }

    /**
     * Sends the request. The future completes with an envelope also when the call failed; it completes exceptionally
     * only when it is cancelled, which ends the request too. Dependent stages run on a thread of the client's where
     * they may block.
     *
     * @return the outcome, later
     * @throws IllegalArgumentException when an argument is missing or can't be sent; the message names it
     */
    public final CompletableFuture<Envelope<R>> future() {
        CompletableFuture<Envelope<R>> whole = new CompletableFuture<>();
        send(request(), whole);
        return whole;
    }

    private void send(Request<R> request, CompletableFuture<Envelope<R>> whole) {
        CompletableFuture<Envelope<R>> sent = transport.send(request, transport.workers());
        var unused = sent.thenAccept(envelope -> {
            Request<R> rest = rest(request, envelope);
            if (rest == null) {
                whole.complete(envelope);
            } else {
                send(rest, whole);
            }
        });
        var unusedToo = whole.whenComplete((envelope, thrown) -> {
            if (whole.isCancelled()) {
                sent.cancel(true);
            }
        });
    }

    private @Nullable Request<R> rest(Request<R> sent, Envelope<R> envelope) {
        return envelope.result() == null ? null : sent.rest().after(envelope.result());
    }

    /**
     * The request to send.
     *
     * @throws IllegalArgumentException when something is missing, or can't be sent
     */
    abstract Request<R> request();

    final String subscribeKey() {
        return transport.config().keys().subscribeKey();
    }

    /** Returns a text that is present and can be sent; otherwise throws, naming it. */
    static String required(@Nullable String value, String name) {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return Unicode.checked(value, name);
    }

    /** Returns texts that are present and can be sent, at least one; otherwise throws, naming them. */
    static List<String> required(List<String> values, String name) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return checked(values, name);
    }

    /** Returns texts that are present and can be sent, or none; otherwise throws, naming them. */
    static List<String> checked(List<String> values, String name) {
        for (String value : values) {
            String unused = required(value, name);
        }
        return values;
    }

    /** Returns a valid timetoken; otherwise throws, naming it. */
    static long required(@Nullable Long timetoken, String name) {
        if (timetoken == null || timetoken <= 0) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return timetoken;
    }

    /** Names and more names. */
    static List<String> with(List<String> names, List<String> more) {
        List<String> all = new ArrayList<>(names);
        all.addAll(more);
        return Collections.unmodifiableList(all);
    }
}
