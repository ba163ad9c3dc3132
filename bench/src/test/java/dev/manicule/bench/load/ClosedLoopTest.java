package dev.manicule.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile int status = 200;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            byte[] body = new byte[40_000]; // more than comes in at once
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.close();
    }

    private int port() {
        return server.getAddress().getPort();
    }

    @Test
    void everySentRequestIsCounted() throws IOException {
        ClosedLoop.Result result = ClosedLoop.httpCount(port(), 4, 57, Template.get("/")::put);
        assertThat(result.requests()).isEqualTo(57).isEqualTo(asked.get());
        assertThat(result.micros().getTotalCount()).isEqualTo(57);
        assertThat(result.perSecond()).isPositive();
    }

    @Test
    void loopEndsAfterItsDuration() throws IOException {
        ClosedLoop.Result result = ClosedLoop.http(port(), 4, Duration.ofMillis(100), Template.get("/")::put);
        assertThat(result.requests()).isEqualTo(asked.get()).isGreaterThanOrEqualTo(4);
        assertThat(result.nanos()).isGreaterThanOrEqualTo(100_000_000);
    }

    @Test
    void errorEndsTheMeasurement() {
        status = 503;
        assertThatThrownBy(() -> ClosedLoop.httpCount(port(), 1, 1, Template.get("/")::put))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("503");
    }
}
