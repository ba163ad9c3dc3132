package dev.manicule.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.client.Status.Affected;
import dev.manicule.client.Status.ErrorData;
import dev.manicule.client.Status.Exchange;
import dev.manicule.client.Status.Sender;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Sends requests and makes envelopes from their outcomes. Any thread may use it. */
final class Transport {
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final Logger LOG = System.getLogger(ManiculeClient.class.getName());
    private static final String SDK = "Manicule-Java/" + ManiculeClient.VERSION;

    private static final Duration FIRST_DELAY = Duration.ofMillis(200);

    private final ClientConfig config;
    private final Executor executor;
    private final HttpClient http;
    /**
     * Polls have connections of their own. They are cancelled all the time, and the JDK's client can use the connection
     * of a request just cancelled for the next one, which then fails although nothing is wrong.
     */
    private final HttpClient pollHttp;
    /** The prefix of all addresses. */
    private final String base;
    /** The prefix of all queries. */
    private final String who;
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();
    private final WaitingThreads waiting = new WaitingThreads();
    /** The first of the ids by which a server recognizes requests; the ids of other clients are far away. */
    private final UUID firstId = UUID.randomUUID();
    private final AtomicLong requests = new AtomicLong();
    private volatile @Nullable String authKey;
    private volatile boolean closed;
    /** Runs after each call that the server has completed: then it is reachable. */
    private volatile Runnable whenAnswered = () -> {};

    Transport(ClientConfig config, Executor executor) {
        this.config = config;
        this.executor = executor;
        authKey = config.keys().authKey();
        base = (config.server().secure() ? "https://" : "http://") + config.server().origin();
        who = "?uuid=" + Request.encode(config.uuid()) + "&pnsdk=" + Request.encode(SDK);
        http = httpClient(config, executor);
        pollHttp = httpClient(config, executor);
    }

    private static HttpClient httpClient(ClientConfig config, Executor executor) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                // The client's work between two steps of a request is short; a switch between threads would cost most
                // of a request. Only TLS has long work, and blocking work (names of hosts) begins elsewhere.
                .executor(config.server().secure() ? executor : Runnable::run)
                .connectTimeout(config.timeouts().connect())
                .followRedirects(HttpClient.Redirect.NEVER);
        if (config.server().sslContext() != null) {
            builder.sslContext(config.server().sslContext());
        }
        return builder.build();
    }

    ClientConfig config() {
        return config;
    }

    /** Threads that may block. */
    Executor workers() {
        return executor;
    }

    /**
     * Sets an action that runs, on the call's thread, after each call that the server has completed; it must not block.
     */
    void whenAnswered(Runnable action) {
        whenAnswered = action;
    }

    void authKey(@Nullable String token) {
        authKey = token == null ? null : Unicode.checked(token, "token");
    }

    /**
     * A request with its id and its address.
     *
     * @param address without token and signature
     */
    private record Outgoing<R>(Request<R> request, @Nullable String id, String address) {
        /** The address as statuses show it: a token to be revoked is part of the path. */
        String shown() {
            if (request.operation() != Operation.REVOKE_TOKEN) {
                return address;
            }
            String path = request.path();
            return address.replace(path, path.substring(0, path.lastIndexOf('/') + 1) + "(hidden)");
        }
    }

    private <R> Outgoing<R> outgoing(Request<R> request) {
        boolean isPoll = request.operation() == Operation.SUBSCRIBE; // its cursor says what to repeat
        String id = isPoll
                ? null
                : new UUID(firstId.getMostSignificantBits(),
                        firstId.getLeastSignificantBits() + requests.getAndIncrement()).toString();
        StringBuilder address = new StringBuilder(256).append(base).append(request.path()).append(who);
        request.query().forEach((name, value) -> parameter(name, value, address));
        if (id != null) {
            address.append("&requestid=").append(id);
        }
        return new Outgoing<>(request, id, address.toString());
    }

    /** The remaining attempts of a request: their number, the delay before the next one, and the deadline. */
    private record Attempts(int more, Duration delay, long deadline) {
        Duration timeLeft() {
            return Duration.ofNanos(Math.max(deadline - System.nanoTime(), 1));
        }

        /** Whether another attempt is allowed, and may bring a response where this one brought none. */
        boolean areWorthGoingOn(Status status) {
            boolean isInTime = deadline - System.nanoTime() > delay.toNanos();
            return more > 0 && isInTime
                    && (status.category() == Category.NETWORK_ISSUES || status.category() == Category.UNAVAILABLE);
        }

        Attempts next() {
            return new Attempts(more - 1, delay.multipliedBy(4), deadline);
        }
    }

    private Attempts attempts(Request<?> request) {
        Duration timeout = request.timeout() == null ? config.timeouts().request() : request.timeout();
        boolean isPoll = request.operation() == Operation.SUBSCRIBE;
        return new Attempts(isPoll ? 0 : config.retries(), FIRST_DELAY, System.nanoTime() + timeout.toNanos());
    }

    /**
     * Sends a request, and sends it again when no response comes or the server is too busy to decide: every request has
     * an id, by which the server recognizes it, so that nothing is done twice. The future completes with an envelope,
     * whatever happens; to cancel it ends the request.
     *
     * @param completion where the future completes
     */
    <R> CompletableFuture<Envelope<R>> send(Request<R> request, Executor completion) {
        CompletableFuture<Envelope<R>> answer = new CompletableFuture<>();
        begin(outgoing(request), attempts(request), answer, completion);
        return answer;
    }

    /** Begins an attempt, on a thread that may block while a host name is resolved. */
    private <R> void begin(Outgoing<R> outgoing, Attempts attempts, CompletableFuture<Envelope<R>> answer,
            Executor completion) {
        try {
            executor.execute(() -> attempt(outgoing, attempts, answer, completion));
        } catch (RejectedExecutionException e) {
            answer.complete(failed(outgoing, e));
        }
    }

    @SuppressWarnings("CollectionUndefinedEquality") // a future is equal to itself, which is what is meant
    private <R> void attempt(Outgoing<R> outgoing, Attempts attempts, CompletableFuture<Envelope<R>> answer,
            Executor completion) {
        if (closed) {
            answer.complete(failed(outgoing, new CancellationException()));
            return;
        }
        HttpClient client = outgoing.request().operation() == Operation.SUBSCRIBE ? pollHttp : http;
        CompletableFuture<HttpResponse<byte[]>> sent = client.sendAsync(httpRequest(outgoing, attempts),
                BodyHandlers.ofByteArray());
        underWay.add(sent);
        var unused = sent.whenCompleteAsync((response, thrown) -> {
            underWay.remove(sent);
            Envelope<R> envelope = thrown == null ? received(outgoing, response) : failed(outgoing, unwrapped(thrown));
            if (closed || answer.isDone() || !attempts.areWorthGoingOn(envelope.status())) {
                answer.complete(envelope);
            } else {
                CompletableFuture.delayedExecutor(attempts.delay().toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                        .execute(() -> begin(outgoing, attempts.next(), answer, completion));
            }
        }, completion);
        var unusedToo = answer.whenComplete((envelope, thrown) -> {
            if (answer.isCancelled()) {
                sent.cancel(true); // frees the connection, and with it the poll on the server
            }
        });
    }

    /**
     * Does the same, all of it on the calling thread. An interrupt ends it and stays set.
     */
    <R> Envelope<R> sendAndWait(Request<R> request) {
        Outgoing<R> outgoing = outgoing(request);
        if (!waiting.enter()) {
            return failed(outgoing, new CancellationException());
        }
        try {
            for (Attempts attempts = attempts(request);; attempts = attempts.next()) {
                Envelope<R> envelope = attemptAndWait(outgoing, attempts);
                if (closed || !attempts.areWorthGoingOn(envelope.status())) {
                    return envelope;
                }
                Thread.sleep(attempts.delay().toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(outgoing, e);
        } finally {
            waiting.leave();
        }
    }

    private <R> Envelope<R> attemptAndWait(Outgoing<R> outgoing, Attempts attempts) throws InterruptedException {
        try {
            return received(outgoing, http.send(httpRequest(outgoing, attempts), BodyHandlers.ofByteArray()));
        } catch (IOException | RuntimeException e) {
            return failed(outgoing, e);
        }
    }

    private HttpRequest httpRequest(Outgoing<?> outgoing, Attempts attempts) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(outgoing)).timeout(attempts.timeLeft());
        Request<?> request = outgoing.request();
        if (request.body() == null) {
            return builder.method(request.method(), BodyPublishers.noBody()).build();
        }
        return builder.method(request.method(), BodyPublishers.ofString(request.body()))
                .setHeader("Content-Type", "application/json; charset=UTF-8")
                .build();
    }

    /** Ends all requests that are under way, and accepts no more. */
    void close() {
        closed = true;
        waiting.close();
        underWay.forEach(sent -> sent.cancel(true));
        try { // since Java 21 an HTTP client can be closed; before, its thread ends once it is unreachable
            HttpClient.class.getMethod("shutdownNow").invoke(http);
            HttpClient.class.getMethod("shutdownNow").invoke(pollHttp);
        } catch (ReflectiveOperationException e) {
            LOG.log(Level.TRACE, "this Java can't close an HttpClient");
        }
    }

    /** An envelope for a request that got no response. */
    private <R> Envelope<R> failed(Outgoing<R> outgoing, Throwable thrown) {
        Throwable cause = closed ? new CancellationException("the client is closed") : thrown;
        Category category = NetworkFailure.category(cause);
        String message = NetworkFailure.words(cause, category, config);
        return new Envelope<>(null, status(outgoing, category, 0, new ErrorData(message, cause), null));
    }

    /** Logs an error that no caller receives otherwise. */
    void complain(String about, Throwable thrown) {
        LOG.log(Level.ERROR, about, thrown);
    }

    private <R> Envelope<R> received(Outgoing<R> outgoing, HttpResponse<byte[]> response) {
        int code = response.statusCode();
        JsonNode json;
        try {
            json = JSON.readTree(response.body());
        } catch (IOException e) {
            Category category = code == 200 ? Category.MALFORMED_RESPONSE : Category.of(code);
            return error(outgoing, response, category,
                    new ErrorData(
                            "the answer (" + code + ") is not JSON: is " + config.server().origin() + " a Manicule?",
                            e));
        }
        if (code != 200) {
            String words = json.isMissingNode()
                    ? config.server().origin() + " answered " + code + " (" + inWords(code) + "), and did not say why"
                    : message(json);
            return error(outgoing, response, Category.of(code), new ErrorData(words, null));
        }
        try {
            R result = outgoing.request().decoder().decode(json);
            whenAnswered.run();
            return new Envelope<>(result, status(outgoing, Category.ACKNOWLEDGMENT, code, null, null));
        } catch (RuntimeException e) {
            return error(outgoing, response, Category.MALFORMED_RESPONSE,
                    new ErrorData("the answer is not as expected: " + e.getMessage(), e));
        }
    }

    private <R> Envelope<R> error(Outgoing<R> outgoing, HttpResponse<byte[]> response, Category category,
            ErrorData error) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        return new Envelope<>(null, status(outgoing, category, response.statusCode(), error, body));
    }

    private Status status(Outgoing<?> outgoing, Category category, int code, @Nullable ErrorData error,
            @Nullable String response) {
        Request<?> request = outgoing.request();
        return new Status(request.operation(), category, error, code, sender(),
                new Exchange(request.method() + " " + outgoing.shown(), response),
                new Affected(request.channels(), request.groups()));
    }

    /** A status about the subscription as a whole. */
    Status news(Category category, @Nullable ErrorData error, List<String> channels, List<String> groups) {
        return new Status(Operation.SUBSCRIBE, category, error, error == null ? 200 : 0, sender(), Exchange.NONE,
                new Affected(channels, groups));
    }

    private Sender sender() {
        return new Sender(config.uuid(), authKey, config.server().origin(), config.server().secure());
    }

    /** The address to send it to: as it is shown, and with the secrets. */
    private URI uri(Outgoing<?> outgoing) {
        String token = authKey;
        if (token == null && config.keys().secretKey() == null) {
            return URI.create(outgoing.address());
        }
        StringBuilder uri = new StringBuilder(outgoing.address());
        if (token != null) {
            parameter("auth", token, uri);
        }
        if (config.keys().secretKey() != null) {
            Map<String, String> query = new LinkedHashMap<>(outgoing.request().query());
            query.put("uuid", config.uuid());
            query.put("pnsdk", SDK);
            if (outgoing.id() != null) {
                query.put("requestid", outgoing.id());
            }
            if (token != null) {
                query.put("auth", token);
            }
            Signature.of(config.keys().secretKey(), config.keys().publishKey(), outgoing.request(), query)
                    .forEach((name, value) -> parameter(name, value, uri));
        }
        return URI.create(uri.toString());
    }

    private static void parameter(String name, String value, StringBuilder uri) {
        uri.append('&').append(Request.encode(name)).append('=').append(Request.encode(value));
    }

    /** The error message, in whichever of the protocol's forms the server sent it. */
    private static String message(JsonNode json) {
        JsonNode error = json.path("error");
        for (JsonNode candidate : List.of(error.path("message"), json.path("error_message"), json.path("message"),
                json.path(1), error)) {
            if (candidate.isTextual()) {
                StringBuilder message = new StringBuilder(candidate.asText());
                for (JsonNode detail : error.path("details")) {
                    message.append(" (")
                            .append(detail.path("location").asText())
                            .append(": ")
                            .append(detail.path("message").asText())
                            .append(')');
                }
                return message.toString();
            }
        }
        return json.toString();
    }

    /** The name of an HTTP status. */
    private static String inWords(int code) {
        return switch (code) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 421 -> "Misdirected Request";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> switch (code / 100) {
                case 2 -> "an answer of an unexpected kind";
                case 3 -> "it is elsewhere";
                case 4 -> "an error of the request";
                default -> "an error of the server";
            };
        };
    }

    /** The exception, without the wrapping of futures. */
    static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /**
     * The JSON of something that is to be sent.
     *
     * @param name what it is, for the message
     * @throws IllegalArgumentException when it has no JSON, or none that can be sent
     */
    static String json(Object value, String name) {
        try {
            return Unicode.checkedJson(JSON.writeValueAsString(value), name);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + " can't be written as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
