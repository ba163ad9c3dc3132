package dev.manicule.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A load balancer in front of the nodes: each connection goes to the next node that runs and is not cut off, and stays
 * there until one side ends it. It forwards bytes and interprets none of them. Any thread may use it.
 */
final class DevBalancer implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int BACKLOG = 1_024;
    private static final int BYTES_AT_ONCE = 16 << 10;

    private final List<DevNode> nodes;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /** Of the thread that accepts. */
    private int next;

    /** Begins to listen on a free port of this machine. */
    DevBalancer(List<DevNode> nodes) throws IOException {
        this.nodes = List.copyOf(nodes);
        door = new ServerSocket(0, BACKLOG, LOOPBACK);
        Thread _ = Thread.ofPlatform().name("manicule-balancer").daemon().start(this::accept);
    }

    /** The port it listens on. */
    int port() {
        return door.getLocalPort();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                open.add(client);
                DevNode node = nextNode();
                Thread _ = Thread.ofVirtual().name("manicule-balancer").start(() -> serve(client, node));
            } catch (IOException e) {
                // closed, or the client is gone already
            }
        }
        cut();
    }

    private @Nullable DevNode nextNode() {
        for (int tried = 0; tried < nodes.size(); tried++) {
            DevNode node = nodes.get(next++ % nodes.size());
            if (node.isRunning() && !node.isCutOff()) {
                return node;
            }
        }
        return null;
    }

    private void serve(Socket client, @Nullable DevNode node) {
        try (client) {
            if (node != null) {
                pass(client, node);
            }
        } catch (IOException e) {
            // one side has ended it, so the other side's ends too
        } finally {
            open.remove(client);
        }
    }

    private void pass(Socket client, DevNode node) throws IOException {
        try (Socket server = new Socket(LOOPBACK, node.port())) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread _ = Thread.ofVirtual().name("manicule-balancer").start(() -> {
                try {
                    copy(client, server);
                    server.shutdownOutput();
                } catch (IOException e) {
                    close(server);
                }
            });
            copy(server, client);
        }
    }

    private static void copy(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] bytes = new byte[BYTES_AT_ONCE];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            out.write(bytes, 0, count);
        }
    }

    /** Ends all connections. */
    void cut() {
        open.forEach(DevBalancer::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is as good as closed
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            // it is as good as closed
        }
        cut();
    }
}
