package dev.manicule.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gate before something that sends back what it is sent. */
@Timeout(60)
class GateTest {
    private static final int A_MOMENT_MILLIS = 200;
    private ServerSocket echo;
    private Gate gate;

    @BeforeEach
    void open() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = echo.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            // it is over
                        }
                    });
                }
            } catch (IOException e) {
                // it is over
            }
        });
        gate = new Gate(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Ports.free(1).getFirst()),
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), echo.getLocalPort()));
    }

    @AfterEach
    void close() throws IOException {
        gate.close();
        echo.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(gate.near().getAddress(), gate.near().getPort());
        socket.setSoTimeout(A_MOMENT_MILLIS);
        return socket;
    }

    private static void send(Socket socket, int size) throws IOException {
        socket.getOutputStream().write(new byte[size]);
    }

    private static int receive(Socket socket, int size) throws IOException {
        socket.setSoTimeout(10_000);
        return socket.getInputStream().readNBytes(size).length;
    }

    @Test
    void heldBytesArriveAfterMending() throws IOException {
        try (Socket before = connect()) {
            send(before, 1);
            assertThat(receive(before, 1)).isEqualTo(1);
            gate.hold();
            try (Socket during = connect()) {
                for (Socket each : new Socket[]{before, during}) {
                    send(each, 3);
                    each.setSoTimeout(A_MOMENT_MILLIS);
                    assertThatThrownBy(() -> each.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                }
                gate.mend();
                assertThat(receive(before, 3)).isEqualTo(3);
                assertThat(receive(during, 3)).isEqualTo(3);
            }
        }
    }

    @Test
    void cutGateResetsAndRefusesUntilMended() throws IOException {
        try (Socket socket = connect()) {
            send(socket, 1);
            assertThat(receive(socket, 1)).isEqualTo(1);
            gate.cut();
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        gate.mend();
        try (Socket socket = connect()) {
            send(socket, 1);
            assertThat(receive(socket, 1)).isEqualTo(1);
        }
    }

    @Test
    void heldGateCanBeCut() throws IOException {
        gate.hold();
        try (Socket socket = connect()) {
            send(socket, 1);
            gate.cut();
            socket.setSoTimeout(10_000);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void delayAppliesInBothDirections() throws IOException {
        gate.slow(Duration.ofMillis(100));
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                send(socket, 1_000);
            }
            assertThat(receive(socket, 100_000)).isEqualTo(100_000);
            assertThat(System.nanoTime() - start).isBetween(TimeUnit.MILLISECONDS.toNanos(200),
                    TimeUnit.SECONDS.toNanos(10));
        }
    }

    @Test
    void throttleLimitsBytesPerSecond() throws IOException {
        gate.throttle(1_000_000);
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            Thread.ofVirtual().start(() -> {
                try {
                    send(socket, 500_000);
                } catch (IOException e) {
                    // which the other end sees
                }
            });
            assertThat(receive(socket, 500_000)).isEqualTo(500_000);
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(490));
        }
    }

    @Test
    void endOfStreamIsForwarded() throws IOException {
        try (Socket socket = connect()) {
            send(socket, 5);
            socket.shutdownOutput();
            assertThat(receive(socket, 6)).isLessThanOrEqualTo(5);
        }
    }

    @Test
    void connectionEndsWithoutAListener() throws IOException {
        echo.close();
        try (Socket socket = connect()) {
            socket.setSoTimeout(10_000);
            int read;
            try {
                read = socket.getInputStream().read();
            } catch (IOException e) {
                read = -1;
            }
            assertThat(read).isEqualTo(-1);
        }
    }
}
