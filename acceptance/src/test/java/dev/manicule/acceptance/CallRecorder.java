package dev.manicule.acceptance;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A proxy in front of a server that records which requests the calls of an SDK send, with the statuses of the
 * responses. The program with the SDK names each call before it makes it, by a {@code GET} of {@code /-/ROW/NAME}:
 * what the call does, and its name in the SDK.
 */
final class CallRecorder implements AutoCloseable {
    /** Go sends the address of the server too. */
    private static final Pattern REQUEST_LINE = Pattern
            .compile("(\\w+) (?:http://[^/]+)?(/[^ ?]*)(?:\\?\\S*)? HTTP/1\\.1\r\n");
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d+) ");
    private static final Pattern CONNECTION = Pattern.compile("\r\nConnection: [^\r]*", Pattern.CASE_INSENSITIVE);
    /** A part of a path that is the same for all; keys, names, tokens and messages look otherwise. */
    private static final Pattern FIXED = Pattern.compile("[a-z][a-z0-9_-]*|0");
    private static final Pattern KEY = Pattern.compile("(sub|pub)-c-\\d+");
    /** What an SDK also sends on its own, while other calls run, and the call that it counts for. */
    private static final Map<String, String> IN_THE_BACKGROUND = Map.of("/subscribe/", "subscribe", "/leave",
            "unsubscribe", "/heartbeat", "heartbeat");

    /**
     * A request of a call.
     *
     * @param row what the call does
     * @param name the call's name in the SDK
     * @param path without the query, and with an ellipsis for all that differs
     * @param status that of the response
     */
    record Sent(String row, String name, String method, String path, int status) {
        boolean isServed() {
            return status < 400;
        }
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int server;
    private final List<Sent> sent = new ArrayList<>();
    private String row = "";
    private String name = "";

    CallRecorder(int server) throws IOException {
        this.server = server;
        Thread.ofVirtual().start(this::accept);
    }

    /** Host and port. */
    String origin() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** All requests so far, each once, in the order of their responses. */
    synchronized List<Sent> sent() {
        return sent.stream().distinct().toList();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    /** One request a connection. */
    private void serve(Socket client) {
        try (client; Socket behind = new Socket(InetAddress.getLoopbackAddress(), server)) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            String head = head(in);
            Matcher line = REQUEST_LINE.matcher(head);
            if (!line.lookingAt()) {
                return;
            }
            if (line.group(2).startsWith("/-/")) {
                begin(line.group(2).split("/", -1));
                client.getOutputStream()
                        .write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            Sent begun = begun(line.group(1), line.group(2));
            OutputStream request = behind.getOutputStream();
            request.write(CONNECTION.matcher(head)
                    .replaceFirst("")
                    .replaceFirst("\r\n", "\r\nConnection: close\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            Thread.ofVirtual().start(() -> pass(in, behind));
            InputStream responses = new BufferedInputStream(behind.getInputStream());
            String response = head(responses);
            record(begun, response);
            client.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
            responses.transferTo(client.getOutputStream());
        } catch (IOException e) {
            // one of both has gone
        }
    }

    private synchronized void begin(String[] parts) {
        row = URLDecoder.decode(parts[2], StandardCharsets.UTF_8);
        name = parts[3];
    }

    private synchronized @Nullable Sent begun(String method, String path) {
        for (Map.Entry<String, String> own : IN_THE_BACKGROUND.entrySet()) {
            if (path.contains(own.getKey()) && !row.equals(own.getValue())) {
                return null;
            }
        }
        return new Sent(row, name, method, family(path), 0);
    }

    private synchronized void record(@Nullable Sent begun, String response) {
        Matcher status = STATUS_LINE.matcher(response);
        if (begun != null && status.lookingAt()) {
            sent.add(new Sent(begun.row(), begun.name(), begun.method(), begun.path(),
                    Integer.parseInt(status.group(1))));
        }
    }

    /** A path without what differs. */
    private static String family(String path) {
        String family = Stream.of(path.substring(1).split("/", -1))
                .map(part -> FIXED.matcher(part).matches() && !KEY.matcher(part).matches() ? part : "…")
                .collect(Collectors.joining("/", "/", ""));
        // the first App Context is of no interest in detail
        return family.startsWith("/v1/objects/") ? "/v1/objects/…" : family;
    }

    private static void pass(InputStream in, Socket behind) {
        try {
            in.transferTo(behind.getOutputStream());
        } catch (IOException e) {
            // one of both has gone
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended in a head");
            }
            head.write(next);
            if (next == "\r\n\r\n".charAt(matched)) {
                matched++;
            } else {
                matched = next == '\r' ? 1 : 0;
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
