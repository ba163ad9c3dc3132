package dev.manicule.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Requests in a closed loop: each connection sends its next request when it has the response. One thread for all
 * connections.
 */
public final class ClosedLoop {
    private static final int BUFFER = 256 << 10;
    private static final Duration NO_END = Duration.ofDays(1);

    /** The requests to send. */
    public interface Requests {
        /** Puts the next request, whole, into a buffer. */
        void next(ByteBuffer out);
    }

    /** Finds the ends of responses in the input of one connection. */
    public interface Replies {
        /**
         * Reads on.
         *
         * @return whether a response is complete
         * @throws IOException when it is anything but a success
         */
        boolean read(ByteBuffer in) throws IOException;
    }

    /**
     * The result of a load.
     *
     * @param requests that got a response, all with success
     * @param nanos from the first request to the last response
     * @param micros how long responses took
     */
    public record Result(long requests, long nanos, Histogram micros) {
        /** Responses in a second. */
        public double perSecond() {
            return requests * 1e9 / nanos;
        }
    }

    private static final class Connection {
        final SocketChannel channel;
        final Replies replies;
        long sentAt;

        Connection(SocketChannel channel, Replies replies) {
            this.channel = channel;
            this.replies = replies;
        }
    }

    private final Requests requests;
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private final Histogram micros = new Histogram(3);
    private long sent;
    private long answered;

    private ClosedLoop(Requests requests, Selector selector) {
        this.requests = requests;
        this.selector = selector;
    }

    /** Runs a load of HTTP/1.1 for a time, on loopback. */
    public static Result http(int port, int connections, Duration time, Requests requests) throws IOException {
        return run(port, connections, time, requests, HttpReplies::new);
    }

    /** Sends so many requests of HTTP/1.1, on loopback. */
    public static Result httpCount(int port, int connections, long count, Requests requests) throws IOException {
        return run(port, Math.toIntExact(Math.min(connections, count)), NO_END, count, requests, HttpReplies::new);
    }

    /**
     * Runs a load for a time, on loopback.
     *
     * @throws IOException also when a response is anything but a success: then the result would mean nothing
     */
    public static Result run(int port, int connections, Duration time, Requests requests,
            Supplier<? extends Replies> replies) throws IOException {
        return run(port, connections, time, Long.MAX_VALUE, requests, replies);
    }

    private static Result run(int port, int connections, Duration time, long most, Requests requests,
            Supplier<? extends Replies> replies) throws IOException {
        try (Selector selector = Selector.open()) {
            ClosedLoop load = new ClosedLoop(requests, selector);
            try {
                load.connect(port, connections, replies);
                return load.run(time, most);
            } finally {
                for (Connection connection : load.connections) {
                    connection.channel.close();
                }
            }
        }
    }

    private void connect(int port, int count, Supplier<? extends Replies> replies) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel
                    .open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Connection connection = new Connection(channel, replies.get());
            connections.add(connection);
            SelectionKey _ = channel.register(selector, SelectionKey.OP_READ, connection);
        }
    }

    private Result run(Duration time, long most) throws IOException {
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        for (Connection connection : connections) {
            send(connection);
        }
        int waiting = connections.size();
        while (waiting > 0) {
            if (selector.select(10_000) == 0) {
                throw new IOException("no answer for ten seconds");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                if (receive(connection)) {
                    if (connection.sentAt < end && sent < most) {
                        send(connection);
                    } else {
                        waiting--;
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        return new Result(answered, System.nanoTime() - begin, micros);
    }

    private void send(Connection connection) throws IOException {
        sent++;
        requests.next(out.clear());
        out.flip();
        connection.sentAt = System.nanoTime();
        while (out.hasRemaining()) {
            if (connection.channel.write(out) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private boolean receive(Connection connection) throws IOException {
        if (connection.channel.read(in.clear()) < 0) {
            throw new IOException("the server closed a connection");
        }
        if (!connection.replies.read(in.flip())) {
            return false;
        }
        answered++;
        long now = System.nanoTime();
        micros.recordValue((now - connection.sentAt) / 1000);
        connection.sentAt = now;
        return true;
    }
}
