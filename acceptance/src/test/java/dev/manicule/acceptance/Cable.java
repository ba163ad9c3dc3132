package dev.manicule.acceptance;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A way to a server that can be cut. Programs of other languages cut it over HTTP, with a {@code POST} to
 * {@link #control()}: {@code /cut}, {@code /mend}, {@code /hangup}.
 */
final class Cable implements AutoCloseable {
    private final int server;
    private final ServerSocket entry;
    private final HttpServer switches;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private volatile boolean cut;

    Cable(int server) throws IOException {
        this.server = server;
        entry = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        switches = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        switches.createContext("/", exchange -> {
            switch (exchange.getRequestURI().getPath()) {
                case "/cut" -> cut();
                case "/mend" -> mend();
                default -> hangUp();
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        switches.start();
    }

    /** Resets its connections, and all new ones until it is mended. */
    void cut() {
        cut = true;
        sockets.forEach(Cable::resetAtEnd); // all before any: the end of one is the end of the other, whoever ends it
        endConnections();
    }

    void mend() {
        cut = false;
    }

    /** Has so many answers never arrive: their connections are reset when the server begins to answer. */
    void loseAnswers(int count) {
        answersToLose.set(count);
    }

    /** Ends its connections in order, as a proxy does that finds them idle for too long. */
    void hangUp() {
        endConnections();
    }

    /** Host and port of its near end. */
    String origin() {
        return "127.0.0.1:" + entry.getLocalPort();
    }

    /** Host and port of its switches. */
    String control() {
        return "127.0.0.1:" + switches.getAddress().getPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = entry.accept();
                sockets.add(near);
                if (cut) {
                    end(near);
                    continue;
                }
                Socket far = connect();
                if (far == null) {
                    end(near);
                    continue;
                }
                sockets.add(far);
                Thread.ofVirtual().start(() -> copy(near, far, false));
                Thread.ofVirtual().start(() -> copy(far, near, true));
                if (cut) { // it was cut just now, and may not have seen these two
                    endConnections();
                }
            }
        } catch (IOException e) {
            endConnections(); // closed
        }
    }

    /** Connects to the server, null when it is not there. */
    private @Nullable Socket connect() {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), server);
        } catch (IOException e) {
            return null;
        }
    }

    private void copy(Socket from, Socket to, boolean areAnswers) {
        byte[] buffer = new byte[8192];
        try {
            for (int n = from.getInputStream().read(buffer); n >= 0; n = from.getInputStream().read(buffer)) {
                if (areAnswers && answersToLose.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
                    resetAtEnd(to);
                    break;
                }
                to.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            // the cable was cut, or one end hung up
        }
        end(from);
        end(to);
    }

    private void endConnections() {
        sockets.forEach(this::end);
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        try {
            if (cut) {
                resetAtEnd(socket);
            }
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    /** The other end gets a reset when it ends. */
    private static void resetAtEnd(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // it has ended already
        }
    }

    @Override
    public void close() throws IOException {
        switches.stop(0);
        entry.close();
    }
}
