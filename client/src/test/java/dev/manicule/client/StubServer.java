package dev.manicule.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that says what a test wants, also what no good server would say. */
public final class StubServer implements AutoCloseable {
    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** Method and URI of what came in, in order. */
    public final List<String> requests = new CopyOnWriteArrayList<>();
    /** What came in with them, in order. */
    public final List<String> bodies = new CopyOnWriteArrayList<>();

    /** Answers one request. */
    @FunctionalInterface
    public interface Responder {
        /** Answers it. */
        void give(HttpExchange exchange) throws Exception;
    }

    /** Answers each request so. */
    public StubServer(Responder responder) throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(threads);
        http.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            try (exchange) {
                responder.give(exchange);
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        http.start();
    }

    /** Answers each request with this. */
    public static StubServer saying(int status, String body) throws IOException {
        return new StubServer(exchange -> say(exchange, status, body));
    }

    /** Answers a request with this. */
    public static void say(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Of a client for it. */
    public ClientConfig.Builder config() {
        return ClientConfig.forUser("my uuid")
                .origin("127.0.0.1:" + http.getAddress().getPort())
                .requestTimeout(Duration.ofSeconds(5));
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
