package dev.manicule.acceptance.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands requests on to a node: so many of them, and those that come then only once it is let go on. */
final class HeldProxy implements AutoCloseable {
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String node;
    private final AtomicInteger left;
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch free = new CountDownLatch(1);
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    HeldProxy(String node, int requests) throws IOException {
        this.node = node;
        left = new AtomicInteger(requests);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handOn);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Waits until a request is held. */
    void awaitHeld() throws InterruptedException {
        held.await();
    }

    /** Holds none any more. */
    void letGo() {
        free.countDown();
    }

    /** What was asked for so far, without what is signed. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void handOn(HttpExchange exchange) {
        try (exchange) {
            String target = exchange.getRequestURI().toString();
            if (left.decrementAndGet() < 0) {
                held.countDown();
                free.await();
            }
            asked.add(target.replaceFirst("&time=.*", ""));
            HttpResponse<byte[]> answer = client.send(HttpRequest.newBuilder(URI.create(node + target)).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(answer.body());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // who asked is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        letGo();
        server.stop(0);
        client.close();
    }
}
