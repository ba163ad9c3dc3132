package dev.manicule.acceptance.hostile;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection of HTTP/1.1 that stays open. It reads bodies of known length and chunked ones. Belongs to one thread. */
final class Http1 implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Http1(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** A response. Names of header fields are in lower case. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reply(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** The bytes of a request. */
    static byte[] request(String method, String target, @Nullable String body, String... headers) {
        StringBuilder all = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: test\r\n");
        for (String header : headers) {
            all.append(header).append("\r\n");
        }
        if (body != null) {
            all.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
        }
        return all.append("\r\n").append(body == null ? "" : body).toString().getBytes(StandardCharsets.UTF_8);
    }

    Reply get(String target, String... headers) throws IOException {
        write(request("GET", target, null, headers));
        return read();
    }

    Reply post(String target, String body, String... headers) throws IOException {
        write(request("POST", target, body, headers));
        return read();
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Reads a response. */
    Reply read() throws IOException {
        Reply head = readHead();
        if ("chunked".equals(head.headers.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            int size;
            do {
                size = Integer.parseInt(line(), 16);
                body.write(exactly(size));
                line();
            } while (size > 0);
            return new Reply(head.status, head.headers, body.toByteArray());
        }
        int length = Integer.parseInt(head.headers.getOrDefault("content-length", "0"));
        return new Reply(head.status, head.headers, exactly(length));
    }

    /** Reads a response up to its body, which an endless one does not end. */
    Reply readHead() throws IOException {
        String first = line();
        if (!first.startsWith("HTTP/1.1 ")) {
            throw new IOException("not HTTP: " + first);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return new Reply(Integer.parseInt(first.substring(9, 12)), headers, new byte[0]);
    }

    /** Reads what comes and keeps none of it, until the connection ends. */
    void discard() throws IOException {
        byte[] buffer = new byte[1 << 16];
        while (in.read(buffer) >= 0) {
            // discarded
        }
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("the connection ended in the middle of a response");
        }
        return bytes;
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
