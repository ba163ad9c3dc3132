package dev.manicule.client.internal;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Envelope;
import dev.manicule.client.Status;
import dev.manicule.client.Status.Affected;
import dev.manicule.client.Status.ErrorData;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends the requests of one user, and repeats them where no response comes. Any thread may use it. */
public final class Transport {
    private final Connections connections;
    private final ClientConfig config;
    private volatile @Nullable String token;
    private volatile boolean closed;
    /** Runs after each call that the server has completed: then it is reachable. */
    private volatile Runnable afterResponse = () -> {};

    /**
     * The transport of a user.
     *
     * @param token of the access manager, null for none
     */
    public Transport(Connections connections, ClientConfig config, @Nullable String token) {
        this.connections = connections;
        this.config = config;
        this.token = token;
    }

    /** The configuration of the user's client. */
    public ClientConfig config() {
        return config;
    }

    /** Connections and threads, which other users may share. */
    public Connections connections() {
        return connections;
    }

    /** The token that is sent, null for none. */
    public @Nullable String token() {
        return token;
    }

    /**
     * Sends another token from now on, null for none.
     *
     * @throws IllegalArgumentException when it can't be sent
     */
    public void setToken(@Nullable String token) {
        this.token = token == null ? null : Unicode.checked(token, "token");
    }

    /**
     * Sets an action that runs, on the call's thread, after each call that the server has completed; it must not block.
     */
    public void afterResponse(Runnable action) {
        afterResponse = action;
    }

    /** Threads that may block. */
    public Executor workers() {
        return connections.threads();
    }

    /** Ends all requests of the user that are under way, and accepts no more. The connections stay. */
    public void close() {
        closed = true;
        connections.underWay().close();
    }

    boolean isClosed() {
        return closed || connections.isClosed();
    }

    /**
     * Sends a request, and sends it again when no response comes or the server is too busy to decide: every request has
     * an id, by which the server recognizes it, so that nothing is done twice. The future completes with an envelope,
     * whatever happens; to cancel it ends the request.
     *
     * @param completion where the future completes
     */
    public <R> CompletableFuture<Envelope<R>> send(Request<R> request, Executor completion) {
        CompletableFuture<Envelope<R>> envelope = new CompletableFuture<>();
        begin(new Sending<>(outgoing(request), envelope, completion), Attempts.of(request, config));
        return envelope;
    }

    /** A request that is sent, the envelope of its outcome, and where that completes. */
    private record Sending<R>(OutgoingRequest<R> outgoing, CompletableFuture<Envelope<R>> envelope,
            Executor completion) {}

    /** Begins an attempt, on a thread that may block while a host name is resolved. */
    private <R> void begin(Sending<R> sending, Attempts attempts) {
        connections.threads().starts().execute(() -> attempt(sending, attempts));
    }

    private <R> void attempt(Sending<R> sending, Attempts attempts) {
        OutgoingRequest<R> outgoing = sending.outgoing;
        if (sending.envelope.isDone()) {
            return; // cancelled since
        }
        if (isClosed()) {
            sending.envelope.complete(failed(outgoing, new CancellationException()));
            return;
        }
        CompletableFuture<HttpResponse<byte[]>> sent = connections.http(outgoing.request())
                .sendAsync(outgoing.toHttp(config, token, attempts.timeLeft()),
                        outgoing.request().response().handler());
        connections.underWay().add(sent, this);
        if (isClosed()) {
            sent.cancel(true); // closed since, and perhaps before it was added
        }
        var unused = sent.whenCompleteAsync((response, thrown) -> {
            connections.underWay().remove(sent);
            Envelope<R> envelope = thrown == null ? received(outgoing, response) : failed(outgoing, unwrapped(thrown));
            if (isClosed() || sending.envelope.isDone() || !attempts.isAnotherWorthwhile(envelope.status())) {
                sending.envelope.complete(envelope);
            } else {
                pause(sending, attempts);
            }
        }, sending.completion);
        var unusedToo = sending.envelope.whenComplete((envelope, thrown) -> {
            if (sending.envelope.isCancelled()) {
                sent.cancel(true); // frees the connection, and with it the poll on the server
            }
        });
    }

    /** Begins the next attempt after a pause, which ends with the client and with the call. */
    private <R> void pause(Sending<R> sending, Attempts attempts) {
        CompletableFuture<Void> pause = new CompletableFuture<>();
        var unused = pause.whenCompleteAsync((nothing, thrown) -> {
            connections.underWay().remove(pause);
            if (thrown == null) {
                begin(sending, attempts.next());
            } else {
                sending.envelope.complete(failed(sending.outgoing, thrown));
            }
        }, sending.completion);
        connections.underWay().add(pause, this);
        try {
            var unusedToo = connections.threads()
                    .loop()
                    .schedule(() -> pause.complete(null), attempts.pause().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            pause.cancel(true);
        }
        if (isClosed()) {
            pause.cancel(true);
        }
    }

    /** Does the same, all of it on the calling thread. An interrupt ends it and stays set. */
    public <R> Envelope<R> sendAndWait(Request<R> request) {
        OutgoingRequest<R> outgoing = outgoing(request);
        if (!connections.underWay().enter(this)) {
            return failed(outgoing, new CancellationException());
        }
        try {
            for (Attempts attempts = Attempts.of(request, config);; attempts = attempts.next()) {
                Envelope<R> envelope = attemptAndWait(outgoing, attempts);
                if (isClosed() || !attempts.isAnotherWorthwhile(envelope.status())) {
                    return envelope;
                }
                Thread.sleep(attempts.pause().toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(outgoing, e);
        } finally {
            connections.underWay().leave();
        }
    }

    private <R> Envelope<R> attemptAndWait(OutgoingRequest<R> outgoing, Attempts attempts)
            throws InterruptedException {
        try {
            return received(outgoing, connections.http(outgoing.request())
                    .send(outgoing.toHttp(config, token, attempts.timeLeft()),
                            outgoing.request().response().handler()));
        } catch (IOException | RuntimeException e) {
            return failed(outgoing, e);
        }
    }

    private <R> OutgoingRequest<R> outgoing(Request<R> request) {
        return OutgoingRequest.of(request,
                request.isPoll() || request.isTransfer() ? null : connections.nextRequestId(), config);
    }

    private <R> Envelope<R> received(OutgoingRequest<R> outgoing, HttpResponse<byte[]> response) {
        Envelope<R> envelope = reader().received(outgoing, response);
        if (envelope.result() != null && !outgoing.request().isTransfer()) {
            afterResponse.run();
        }
        return envelope;
    }

    private <R> Envelope<R> failed(OutgoingRequest<R> outgoing, Throwable thrown) {
        return reader().failed(outgoing, isClosed() ? new CancellationException("the client is closed") : thrown);
    }

    /** A status of the subscription as a whole. */
    Status statusOfSubscription(Category category, @Nullable ErrorData error, Affected affected) {
        return reader().ofSubscription(category, error, affected);
    }

    private ResponseReader reader() {
        return new ResponseReader(config, token);
    }

    /** The exception, without the wrapping of futures. */
    public static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
