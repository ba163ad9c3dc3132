package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP over a plain socket, so that nothing between a test and the wire tidies anything up. */
public final class Wire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_MILLIS = 20_000;

    private final int port;

    public Wire(int port) {
        this.port = port;
    }

    /** An answer as it came. Names of header fields are in lower case. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Answer(int status, Map<String, String> headers, byte[] bytes) {
        /** As text. */
        public String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** As JSON. */
        public JsonNode json() {
            try {
                return JSON.readTree(bytes);
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + body(), e);
            }
        }
    }

    public Answer get(String path) {
        return send("GET", path, null);
    }

    public Answer delete(String path) {
        return send("DELETE", path, null);
    }

    public Answer post(String path, String body) {
        return send("POST", path, body.getBytes(StandardCharsets.UTF_8));
    }

    public Answer send(String method, String path, byte @Nullable [] body, String... headers) {
        StringBuilder head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: test\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (body != null) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[start.length + (body == null ? 0 : body.length)];
        System.arraycopy(start, 0, all, 0, start.length);
        if (body != null) {
            System.arraycopy(body, 0, all, start.length, body.length);
        }
        return raw(all, !method.equals("HEAD"));
    }

    /** Sends just these bytes and reads one answer. */
    public Answer raw(byte[] bytes, boolean withBody) {
        try (Connection connection = connect()) {
            connection.write(bytes);
            return connection.read(withBody);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Answer raw(String text) {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1), true);
    }

    public Connection connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        return new Connection(socket);
    }

    /** A connection that stays. */
    public static final class Connection implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            in = new java.io.BufferedInputStream(socket.getInputStream());
        }

        public Socket socket() {
            return socket;
        }

        public void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        public void get(String path) throws IOException {
            write(("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        }

        public Answer read() throws IOException {
            return read(true);
        }

        public Answer read(boolean withBody) throws IOException {
            String first = line();
            assertThat(first).startsWith("HTTP/1.1 ");
            int status = Integer.parseInt(first.substring(9, 12));
            Map<String, String> headers = new LinkedHashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
            }
            if (withBody && "chunked".equals(headers.get("transfer-encoding"))) {
                return new Answer(status, headers, chunks());
            }
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            byte[] body = withBody ? in.readNBytes(length) : new byte[0];
            if (withBody && body.length < length) {
                throw new IOException("the connection ended in the middle of an answer");
            }
            return new Answer(status, headers, body);
        }

        /** So many bytes of what comes next. */
        public byte[] read(int bytes) throws IOException {
            return in.readNBytes(bytes);
        }

        /** Whether the server has ended the connection. */
        public boolean isEnded() throws IOException {
            return in.read() < 0;
        }

        private byte[] chunks() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                byte[] chunk = in.readNBytes(size);
                if (chunk.length < size) {
                    throw new IOException("the connection ended in the middle of a chunk");
                }
                body.writeBytes(chunk);
                line();
            }
            line();
            return body.toByteArray();
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new IOException("the connection ended after \"" + line + "\"");
                }
                if (b != '\r') {
                    line.write(b);
                }
            }
            return line.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Publishes and gives the timetoken. */
    public long publish(String channel, String json) {
        Answer answer = post("/publish/demo/demo/0/" + encode(channel) + "/0?uuid=alice", json);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get(2).asLong();
    }

    /** Adds an action and gives its timetoken. */
    public long add(String channel, long message, String type, String value, String uuid) {
        Answer answer = tryAdd(channel, message, type, value, uuid);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().at("/data/actionTimetoken").asLong();
    }

    public Answer tryAdd(String channel, long message, String type, String value, String uuid) {
        String body = JSON.createObjectNode().put("type", type).put("value", value).toString();
        return post("/v1/message-actions/demo/channel/" + encode(channel) + "/message/" + message + "?uuid="
                + encode(uuid), body);
    }

    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
