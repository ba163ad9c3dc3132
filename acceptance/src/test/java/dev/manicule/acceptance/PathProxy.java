package dev.manicule.acceptance;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A reverse proxy that serves a server below a path: one request a connection, and WebSockets where it lets them through. */
final class PathProxy implements AutoCloseable {
    private static final Pattern REQUEST_LINE = Pattern.compile("(\\w+) (\\S+) (HTTP/1\\.1\r\n)");

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int server;
    private final String path;
    private final boolean letsWebSocketsThrough;

    /**
     * A proxy that listens already.
     *
     * @param server the server's port
     * @param path what stands before the server's paths, with a slash in front and none at the end; it may be empty
     */
    PathProxy(int server, String path, boolean letsWebSocketsThrough) throws IOException {
        this.server = server;
        this.path = path;
        this.letsWebSocketsThrough = letsWebSocketsThrough;
        Thread.ofVirtual().start(this::accept);
    }

    /** The address of what the server has at {@code /}. */
    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort() + path + "/";
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client; Socket behind = new Socket(InetAddress.getLoopbackAddress(), server)) {
            open.add(behind);
            InputStream in = new BufferedInputStream(client.getInputStream());
            String head = head(in);
            boolean isUpgrade = head.toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket");
            Matcher line = REQUEST_LINE.matcher(head);
            if (!line.lookingAt() || !line.group(2).startsWith(path + "/") || (isUpgrade && !letsWebSocketsThrough)) {
                client.getOutputStream()
                        .write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".getBytes(
                                StandardCharsets.US_ASCII));
                return;
            }
            String sent = line.group(1) + " " + line.group(2).substring(path.length()) + " " + line.group(3)
                    + (isUpgrade
                            ? head.substring(line.end())
                            : head.substring(line.end())
                                    .replaceFirst("(?i)Connection: keep-alive", "Connection: close"));
            behind.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            Thread.ofVirtual().start(() -> pass(in, behind));
            behind.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // one of both has gone
        } finally {
            open.removeIf(Socket::isClosed);
        }
    }

    private static void pass(InputStream in, Socket behind) {
        try (behind) {
            in.transferTo(behind.getOutputStream());
        } catch (IOException e) {
            // one of both has gone
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended in a head");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
