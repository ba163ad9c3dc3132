package dev.manicule.server.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.manicule.server.access.PeerKey;
import dev.manicule.server.access.Secret;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.journal.LogJournal;
import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.log.LogOfAll;
import dev.manicule.server.model.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A node that has all of a log, and gives checkpoints over HTTP, with whatever goes wrong on the way. */
final class PeerInTests implements AutoCloseable {
    static final Channel CHANNEL = new Channel("demo", "room");
    static final long LOG_ID = 77;
    static final PeerKey KEY = new PeerKey(new Secret("a secret of all nodes"));

    final DataStore store;
    final OfferedCheckpoints checkpoints;
    /** The paths and queries that were asked for, up to what is signed. */
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    volatile Spoiling spoiling = (path, body) -> body;
    /** What it offers in place of what it has; null for that. */
    volatile @Nullable String manifest;
    private final HttpServer http;
    private boolean isClosed;

    /** What happens to the body of an answer on its way; an exception ends the connection. */
    interface Spoiling {
        byte[] of(String path, byte[] body) throws IOException;
    }

    PeerInTests(Path data, MemoryLog<Entry> memory) throws Exception {
        store = open(data, memory);
        checkpoints = new OfferedCheckpoints(store.ledger(), data, KEY, () -> Instant.now().getEpochSecond(),
                System::nanoTime);
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", this::serve);
        http.start();
    }

    static DataStore open(Path data, MemoryLog<Entry> memory) throws Exception {
        return DataStore.openShared(data, new LogOfAll<>(memory), LOG_ID, new DataStore.ListenedTo());
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    /** This node as its reports in the log say. */
    Peers.Node node() {
        return new Peers.Node(1, "b", address().toString(), 1, store.ledger().applied());
    }

    /** Has so many messages be published, of four kilobytes that nothing makes shorter. */
    void publish(int messages) {
        try (Journal journal = new LogJournal(store.log(), store.ledger(),
                TimetokenClock.ofLog(store.ledger().lastTimetoken()), commit -> {}, new Budget(new Limits()),
                System.nanoTime(), store.background(), true)) {
            Random random = new Random(messages);
            List<CompletableFuture<Publish.Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                byte[] bytes = new byte[2_000];
                random.nextBytes(bytes);
                Json payload = new Json(
                        ("\"" + HexFormat.of().formatHex(bytes) + "\"").getBytes(StandardCharsets.US_ASCII));
                CompletableFuture<Publish.Outcome> outcome = new CompletableFuture<>();
                journal.submit(new Publish(CHANNEL, payload, null, null, null, null, null, Delivery.STORED),
                        outcome::complete);
                outcomes.add(outcome);
            }
            outcomes.forEach(outcome -> assertThat(outcome.join()).isInstanceOf(Publish.Published.class));
        }
    }

    private void serve(HttpExchange exchange) {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            String query = exchange.getRequestURI().getRawQuery();
            asked.add(path + "?" + query.replaceFirst("&time=.*", ""));
            OfferedCheckpoints.Response response = response(path, query);
            int status = 200;
            byte[] body = switch (response) {
                case OfferedCheckpoints.Sealed(byte[] sealed) -> spoiling.of(path, sealed);
                case OfferedCheckpoints.Refused refused -> {
                    status = refused.status();
                    yield refused.words().getBytes(StandardCharsets.US_ASCII);
                }
            };
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // who asked has left, or the connection is to end
        }
    }

    private OfferedCheckpoints.Response response(String path, String query) {
        OfferedCheckpoints.Refused refused = checkpoints.stranger(path, query);
        if (refused != null) {
            return refused;
        }
        String offered = manifest;
        if (offered != null) {
            return new OfferedCheckpoints.Sealed(
                    KEY.seal("GET", path, query, offered.getBytes(StandardCharsets.UTF_8)));
        }
        String[] segments = path.split("/", -1);
        return segments.length == 3
                ? checkpoints.offer(query)
                : checkpoints.part(segments[3], segments[4], path, query);
    }

    /** A second call does nothing: the tables would not bear it. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        http.stop(0);
        checkpoints.close();
        store.close();
    }
}
