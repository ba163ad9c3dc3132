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
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile int status = 200;
    private volatile long millis;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            exchange.sendResponseHeaders(status, 2);
            exchange.getResponseBody().write(new byte[2]);
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

    private Histogram run(int perSecond, int time) throws Exception {
        return OpenLoop.run(server.getAddress().getPort(), perSecond, Duration.ofMillis(time), Template.get("/")::put);
    }

    @Test
    void requestsComeAtTheirRate() throws Exception {
        long start = System.nanoTime();
        long count = run(200, 500).getTotalCount();
        double seconds = (System.nanoTime() - start) / 1e9; // more than asked for, on a busy machine
        assertThat(count).isBetween(20L, (long) (200 * seconds) + 10);
    }

    /** Whoever waits for an answer before sending what is due would not see what users see. */
    @Test
    void latencyCountsFromWhenTheRequestWasDue() throws Exception {
        millis = 100;
        Histogram micros = run(800, 800);
        assertThat(micros.getMinValue()).isGreaterThanOrEqualTo(99_000);
        assertThat(micros.getMaxValue()).as("a hundred a second are due to a connection that gets ten")
                .isGreaterThan(400_000);
    }

    @Test
    void errorEndsTheMeasurement() {
        status = 503;
        assertThatThrownBy(() -> run(100, 100)).isInstanceOf(IOException.class).hasMessageContaining("503");
    }
}
