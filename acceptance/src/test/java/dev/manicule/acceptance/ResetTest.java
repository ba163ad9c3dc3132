package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections of HTTP/2 that end in the middle, as those of telephones do, are nothing that a log has to say. */
class ResetTest {
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int RST_STREAM = 3;
    private static final String POLL = "/v2/subscribe/demo/a/0?tt=9000000000000000000";

    /** How a client leaves. */
    private enum Ending {
        RESET, HALF_OF_TLS, GOAWAY_AND_RESET, RESET_OF_STREAM
    }

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(
                new byte[]{0, (byte) (payload.length >> 8), (byte) payload.length, (byte) type, (byte) flags, 0,
                        0, 0, (byte) stream});
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    /** A request: of HPACK's static table, GET and https; the path and the authority as they are. */
    private static byte[] get(String path, int stream) {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.writeBytes(new byte[]{(byte) 0x82, (byte) 0x87, 0x04, (byte) path.length()});
        fields.writeBytes(path.getBytes(StandardCharsets.US_ASCII));
        fields.writeBytes(new byte[]{0x41, 9});
        fields.writeBytes("localhost".getBytes(StandardCharsets.US_ASCII));
        return frame(HEADERS, 5, stream, fields.toByteArray());
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void leave(SSLSocketFactory tls, int port, List<String> paths, Ending ending) throws Exception {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, "localhost", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[]{"h2"});
        socket.setSSLParameters(parameters);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(frame(SETTINGS, 0, 0));
        for (int i = 0; i < paths.size(); i++) {
            out.writeBytes(get(paths.get(i), 2 * i + 1));
        }
        socket.getOutputStream().write(out.toByteArray());
        assertThat(socket.getInputStream().read()).isNotNegative(); // it is served
        switch (ending) {
            case RESET -> {
                // below
            }
            case HALF_OF_TLS -> plain.getOutputStream().write(new byte[]{0x17, 3, 3, 0, 32, 1, 2, 3});
            case GOAWAY_AND_RESET -> socket.getOutputStream().write(frame(GOAWAY, 0, 0, new byte[8]));
            case RESET_OF_STREAM ->
                socket.getOutputStream().write(frame(RST_STREAM, 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 8));
        }
        reset(plain);
    }

    @Test
    void clientResetLogsNoWarning(@TempDir Path folder) throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "EC");
        certificate.write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        Path config = folder.resolve("manicule.yaml");
        Files.writeString(config, "port: 0\ndata: data\ntls: {certificate: cert.pem, key: key.pem}\n");
        SSLSocketFactory tls = certificate.trusting().getSocketFactory();
        try (ServerProcess server = ServerProcess.serve("--config", config.toString())) {
            int before = server.lines().size();
            for (List<String> paths : List.of(List.<String>of(), List.of(POLL), List.of("/v2/stream/demo/a", POLL),
                    List.of("/time/0", "/openapi.yaml", "/openapi.yaml", POLL))) {
                for (Ending ending : Ending.values()) {
                    if (ending != Ending.RESET_OF_STREAM || !paths.isEmpty()) {
                        leave(tls, server.port(), paths, ending);
                    }
                }
            }
            try (Socket half = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                half.getOutputStream().write(new byte[]{0x16, 3, 1, 2, 0}); // of a handshake
                reset(half);
            }
            await().until(() -> figure(tls, server.port(), "manicule_polls_parked") == 0);
            assertThat(server.lines().subList(before, server.lines().size())).noneMatch(
                    line -> line.contains("WARN") || line.contains("ERROR") || line.contains("\tat "));
        }
    }

    private static double figure(SSLSocketFactory tls, int port, String name) throws IOException {
        try (SSLSocket socket = (SSLSocket) tls.createSocket("localhost", port)) {
            socket.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                    .findFirst()
                    .orElse(-1);
        }
    }
}
