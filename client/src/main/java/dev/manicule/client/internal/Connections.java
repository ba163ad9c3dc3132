package dev.manicule.client.internal;

import dev.manicule.client.ClientConfig;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The connections to a server, which any number of users share. Any thread may use it. */
public final class Connections implements AutoCloseable {
    private final ClientConfig config;
    private final Threads threads;
    private final HttpClient calls;
    /**
     * Polls have connections of their own. They are cancelled all the time, and the JDK's client can use the connection
     * of a request just cancelled for the next one, which then fails although nothing is wrong.
     */
    private final HttpClient polls;
    /** Transfers of files: unlike other calls, they read and write what may be slow. */
    private @Nullable HttpClient transfers;
    private final CallsUnderWay underWay = new CallsUnderWay();
    /** The first of the ids by which a server recognizes requests; the ids of other clients are far away. */
    private final UUID firstId = UUID.randomUUID();
    private final AtomicLong requests = new AtomicLong();
    /** The reactive streams of all users, as long as programs hold them. */
    private final Set<EventPublisher> streams = Collections.newSetFromMap(new WeakHashMap<>());
    private volatile boolean closed;

    /**
     * Connections to the server of a configuration. Nothing is connected yet.
     *
     * @param threads end when this is closed
     */
    public Connections(ClientConfig config, Threads threads) {
        this.config = config;
        this.threads = threads;
        // The client's work between two steps of a request is short; a switch between threads would cost most of a
        // request. Only TLS has long work, and blocking work (names of hosts) begins elsewhere.
        Executor ofShortWork = config.server().secure() ? threads.tls() : Runnable::run;
        calls = httpClient(config, ofShortWork);
        polls = httpClient(config, ofShortWork);
    }

    private static HttpClient httpClient(ClientConfig config, Executor executor) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(executor)
                .connectTimeout(config.timeouts().connect())
                .followRedirects(HttpClient.Redirect.NEVER);
        if (config.server().sslContext() != null) {
            builder.sslContext(config.server().sslContext());
        }
        return builder.build();
    }

    /** Their threads, which also run callbacks and listeners. */
    public Threads threads() {
        return threads;
    }

    HttpClient http(Request<?> request) {
        return request.isPoll() ? polls : request.isTransfer() ? transfers() : calls;
    }

    private synchronized HttpClient transfers() {
        HttpClient http = transfers == null ? httpClient(config, threads) : transfers;
        transfers = http;
        return http;
    }

    CallsUnderWay underWay() {
        return underWay;
    }

    String nextRequestId() {
        return new UUID(firstId.getMostSignificantBits(),
                firstId.getLeastSignificantBits() + requests.getAndIncrement()).toString();
    }

    /** Adds a stream, to be completed when this is closed. */
    void add(EventPublisher stream) {
        synchronized (streams) {
            streams.add(stream);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends the calls and subscriptions of all users, the connections and the threads. */
    @Override
    public void close() {
        closed = true;
        underWay.close();
        List<EventPublisher> all;
        synchronized (streams) {
            all = List.copyOf(streams);
        }
        all.forEach(EventPublisher::close);
        try { // since Java 21 an HTTP client can be closed; before, its thread ends once it is unreachable
            HttpClient.class.getMethod("shutdownNow").invoke(calls);
            HttpClient.class.getMethod("shutdownNow").invoke(polls);
            synchronized (this) {
                if (transfers != null) {
                    HttpClient.class.getMethod("shutdownNow").invoke(transfers);
                }
            }
        } catch (ReflectiveOperationException e) {
            System.getLogger(Connections.class.getName()).log(Level.TRACE, "this Java can't close an HttpClient");
        }
        threads.close();
    }
}
