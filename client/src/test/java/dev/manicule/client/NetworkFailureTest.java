package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A failure says which host and port, and what happened there. */
class NetworkFailureTest {
    private static Status asked(ClientConfig.Builder config) {
        try (ManiculeClient client = ManiculeClient.of(config.retries(0).build())) {
            Status waited = client.publish("c", 1).sync().status();
            Status told = client.publish("c", 1).future().join().status();
            assertThat(message(told)).startsWith(client.config().server().origin());
            assertThat(told.category()).isEqualTo(waited.category());
            assertThat(new ManiculeException(waited)).hasMessageContaining(message(waited));
            return waited;
        }
    }

    private static String message(Status status) {
        return Objects.requireNonNull(status.errorData()).message();
    }

    private static String words(ClientConfig.Builder config, Category category) {
        Status status = asked(config);
        assertThat(status.category()).as("%s", status).isEqualTo(category);
        return message(status);
    }

    @Test
    void refusedConnectionIsReported() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        ClientConfig.Builder plain = ClientConfig.forUser("u").origin("127.0.0.1:" + free);
        assertThat(words(plain, Category.NETWORK_ISSUES)).isEqualTo("127.0.0.1:" + free + ": connection refused");
        assertThat(words(plain.secure(true), Category.NETWORK_ISSUES))
                .isEqualTo("127.0.0.1:" + free + ": connection refused");
    }

    @Test
    void unknownHostIsReported() {
        ClientConfig.Builder config = ClientConfig.forUser("u").origin("no-such-host.invalid");
        assertThat(words(config, Category.NETWORK_ISSUES)).isEqualTo("no-such-host.invalid:80: unknown host");
        assertThat(words(config.secure(true), Category.NETWORK_ISSUES))
                .isEqualTo("no-such-host.invalid:443: unknown host");
    }

    @Test
    void timeoutIsReported() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (StubServer server = new StubServer(exchange -> over.await())) {
            ClientConfig.Builder config = server.config().requestTimeout(Duration.ofMillis(200));
            assertThat(words(config, Category.TIMEOUT))
                    .isEqualTo(config.build().server().origin() + ": no answer in time");
            over.countDown();
        }
    }

    @Test
    void brokenConnectionIsReported() throws Exception {
        try (ServerSocket socket = answering("")) {
            String origin = "127.0.0.1:" + socket.getLocalPort();
            assertThat(words(ClientConfig.forUser("u").origin(origin), Category.NETWORK_ISSUES))
                    .startsWith(origin + ": the connection broke before the answer: ");
        }
    }

    @Test
    void tlsFailureIsReported() throws Exception {
        try (ServerSocket socket = answering("HTTP/1.1 400 Bad Request\r\n\r\n")) {
            String origin = "127.0.0.1:" + socket.getLocalPort();
            assertThat(words(ClientConfig.forUser("u").origin(origin).secure(true), Category.TLS_CONNECTION_FAILED))
                    .startsWith(origin + ": TLS failed: ");
        }
    }

    /** Reads a little of each connection, answers so, and closes it. */
    private static ServerSocket answering(String answer) throws IOException {
        ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    int read = socket.getInputStream().read();
                    assertThat(read).isNotNegative();
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // the next one
                }
            }
        }).start();
        return server;
    }
}
