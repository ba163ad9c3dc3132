package dev.manicule.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.client.Status.ErrorData;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
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
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends requests and makes envelopes of what comes of them. Any thread may use it. */
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
     * Polls have connections of their own. They are cancelled all the time, and the JDK's client can hand the connection
     * of a request just cancelled to the next one, which then fails although nothing is wrong.
     */
    private final HttpClient pollHttp;
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String authKey;
    private volatile boolean closed;

    Transport(ClientConfig config, Executor executor) {
        this.config = config;
        this.executor = executor;
        authKey = config.authKey();
        http = httpClient(config, executor);
        pollHttp = httpClient(config, executor);
    }

    private static HttpClient httpClient(ClientConfig config, Executor executor) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(executor)
                .connectTimeout(config.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER);
        if (config.sslContext() != null) {
            builder.sslContext(config.sslContext());
        }
        return builder.build();
    }

    ClientConfig config() {
        return config;
    }

    void authKey(@Nullable String token) {
        authKey = token;
    }

    /**
     * Sends it, and sends it again when no answer comes or the server is too busy to decide: every request has an id, by
     * which the server knows it again, so that nothing is done twice. The future completes with an envelope, whatever
     * happens; cancelling it ends the request.
     */
    <R> CompletableFuture<Envelope<R>> send(Request<R> request) {
        CompletableFuture<Envelope<R>> answer = new CompletableFuture<>();
        Duration timeout = request.timeout() == null ? config.requestTimeout() : request.timeout();
        boolean isPoll = request.operation() == Operation.SUBSCRIBE; // whose cursor says what is to be repeated
        Request<R> named = isPoll ? request : request.with("requestid", UUID.randomUUID().toString());
        attempt(named, isPoll ? 0 : config.retries(), FIRST_DELAY, System.nanoTime() + timeout.toNanos(), answer);
        return answer;
    }

    @SuppressWarnings("CollectionUndefinedEquality") // a future is equal to itself, which is what is meant
    private <R> void attempt(Request<R> request, int retries, Duration delay, long deadline,
            CompletableFuture<Envelope<R>> answer) {
        if (closed) {
            answer.complete(failed(request, new CancellationException("the client is closed")));
            return;
        }
        Duration left = Duration.ofNanos(Math.max(deadline - System.nanoTime(), 1));
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(request)).timeout(left);
        if (request.body() == null) {
            builder.method(request.method(), BodyPublishers.noBody());
        } else {
            builder.method(request.method(), BodyPublishers.ofString(request.body()))
                    .setHeader("Content-Type",
                            "application/json; charset=UTF-8");
        }
        HttpClient client = request.operation() == Operation.SUBSCRIBE ? pollHttp : http;
        CompletableFuture<HttpResponse<byte[]>> sent = client.sendAsync(builder.build(), BodyHandlers.ofByteArray());
        underWay.add(sent);
        var unused = sent.whenComplete((response, thrown) -> {
            underWay.remove(sent);
            Envelope<R> envelope = thrown == null ? received(request, response) : failed(request, unwrapped(thrown));
            boolean isInTime = deadline - System.nanoTime() > delay.toNanos();
            if (retries == 0 || !isInTime || closed || answer.isDone() || !mayBeRepeated(envelope.status())) {
                answer.complete(envelope);
            } else {
                CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, executor)
                        .execute(() -> attempt(request, retries - 1, delay.multipliedBy(4), deadline, answer));
            }
        });
        var unusedToo = answer.whenComplete((envelope, thrown) -> {
            if (answer.isCancelled()) {
                sent.cancel(true); // frees the connection, and with it the poll on the server
            }
        });
    }

    /** Whether another attempt may bring an answer where this one brought none. */
    private static boolean mayBeRepeated(Status status) {
        return status.category() == Category.NETWORK_ISSUES || status.category() == Category.UNAVAILABLE;
    }

    /** Ends all requests that are under way, and takes no more. */
    void close() {
        closed = true;
        underWay.forEach(sent -> sent.cancel(true));
        try { // since Java 21 an HTTP client can be closed; before, its thread ends once it is unreachable
            HttpClient.class.getMethod("shutdownNow").invoke(http);
            HttpClient.class.getMethod("shutdownNow").invoke(pollHttp);
        } catch (ReflectiveOperationException e) {
            LOG.log(Level.TRACE, "this Java can't close an HttpClient");
        }
    }

    /** An envelope for a request that got no answer. */
    <R> Envelope<R> failed(Request<R> request, Throwable cause) {
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new Envelope<>(null, status(request, category(cause), 0, new ErrorData(message, cause), null));
    }

    /** Logs something that nobody is told otherwise. */
    void complain(String about, Throwable thrown) {
        LOG.log(Level.ERROR, about, thrown);
    }

    private <R> Envelope<R> received(Request<R> request, HttpResponse<byte[]> response) {
        int code = response.statusCode();
        JsonNode json;
        try {
            json = JSON.readTree(response.body());
        } catch (IOException e) {
            Category category = code == 200 ? Category.MALFORMED_RESPONSE : Category.of(code);
            return error(request, response, category, new ErrorData("the answer (" + code + ") is not JSON", e));
        }
        if (code != 200) {
            return error(request, response, Category.of(code), new ErrorData(message(json), null));
        }
        try {
            R result = request.decoder().decode(json);
            return new Envelope<>(result, status(request, Category.ACKNOWLEDGMENT, code, null, null));
        } catch (RuntimeException e) {
            return error(request, response, Category.MALFORMED_RESPONSE,
                    new ErrorData("the answer is not as expected: " + e.getMessage(), e));
        }
    }

    private <R> Envelope<R> error(Request<R> request, HttpResponse<byte[]> response, Category category,
            ErrorData error) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        return new Envelope<>(null, status(request, category, response.statusCode(), error, body));
    }

    private Status status(Request<?> request, Category category, int code, @Nullable ErrorData error,
            @Nullable String response) {
        return new Status(request.operation(), category, error != null, error, code, config.uuid(), authKey,
                config.origin(), config.secure(), request.method() + " " + uri(request, query(request)), response,
                request.channels(), List.of());
    }

    /** A status about the subscription as a whole. */
    Status news(Category category, @Nullable ErrorData error, List<String> channels) {
        return new Status(Operation.SUBSCRIBE, category, error != null, error, error == null ? 200 : 0, config.uuid(),
                authKey, config.origin(), config.secure(), null, null, channels, List.of());
    }

    private URI uri(Request<?> request) {
        Map<String, String> query = query(request);
        if (authKey != null) {
            query.put("auth", authKey);
        }
        if (config.secretKey() != null) {
            Signature.add(config.secretKey(), config.publishKey(), request, query);
        }
        return URI.create(uri(request, query));
    }

    private Map<String, String> query(Request<?> request) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("uuid", config.uuid());
        query.put("pnsdk", SDK);
        query.putAll(request.query());
        return query;
    }

    private String uri(Request<?> request, Map<String, String> query) {
        StringBuilder uri = new StringBuilder(config.secure() ? "https://" : "http://").append(config.origin())
                .append(request.path());
        char before = '?';
        for (Map.Entry<String, String> parameter : query.entrySet()) {
            uri.append(before)
                    .append(Request.encode(parameter.getKey()))
                    .append('=')
                    .append(Request.encode(parameter.getValue()));
            before = '&';
        }
        return uri.toString();
    }

    /** What went wrong, in whichever of the protocol's shapes the server said it. */
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

    private static Category category(Throwable cause) {
        if (cause instanceof HttpTimeoutException) {
            return Category.TIMEOUT;
        }
        if (cause instanceof SSLException) {
            for (Throwable deeper = cause; deeper != null; deeper = deeper.getCause()) {
                if (deeper instanceof CertificateException) {
                    return Category.TLS_UNTRUSTED_CERTIFICATE;
                }
            }
            return Category.TLS_CONNECTION_FAILED;
        }
        if (cause instanceof CancellationException || cause instanceof InterruptedException) {
            return Category.CANCELLED;
        }
        return cause instanceof IOException ? Category.NETWORK_ISSUES : Category.INTERNAL_EXCEPTION;
    }

    /** What was thrown, without the wrapping of futures. */
    static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** The JSON of something that is to be published. */
    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("can't be written as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
