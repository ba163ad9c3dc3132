package dev.manicule.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Requests at a fixed rate, as users send them: the latency of a response counts from when its request was due, also
 * when the one before was late.
 */
public final class OpenLoop implements AutoCloseable {
    private static final int USUAL_CONNECTIONS = 8;
    private static final int BUFFER = 256 << 10;

    private final int port;
    private final int connections;
    private final int perSecond;
    private final ClosedLoop.Requests requests;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final ExecutorService threads;
    private final List<Future<Histogram>> running = new ArrayList<>();

    private OpenLoop(int port, int connections, int perSecond, ClosedLoop.Requests requests) {
        this.port = port;
        this.connections = connections;
        threads = Executors.newFixedThreadPool(connections);
        this.perSecond = perSecond;
        this.requests = requests;
    }

    /**
     * Begins to send requests of HTTP/1.1, on loopback.
     *
     * @param perSecond so many, spread evenly
     * @param requests called by several threads, one at a time
     */
    public static OpenLoop begin(int port, int perSecond, ClosedLoop.Requests requests) {
        return begin(port, USUAL_CONNECTIONS, perSecond, requests);
    }

    private static OpenLoop begin(int port, int connections, int perSecond, ClosedLoop.Requests requests) {
        OpenLoop load = new OpenLoop(port, connections, perSecond, requests);
        long begin = System.nanoTime();
        for (int place = 0; place < connections; place++) {
            long first = begin + place * load.interval() / connections;
            load.running.add(load.threads.submit(() -> load.send(first)));
        }
        return load;
    }

    /** The same for a time. */
    public static Histogram run(int port, int perSecond, Duration time, ClosedLoop.Requests requests)
            throws IOException, InterruptedException {
        return run(port, USUAL_CONNECTIONS, perSecond, time, requests);
    }

    /**
     * The same for a time, with so many connections that not all of them wait for a response.
     *
     * @return how long the responses took, in microseconds
     * @throws IOException when a response was anything but a success
     */
    public static Histogram run(int port, int connections, int perSecond, Duration time, ClosedLoop.Requests requests)
            throws IOException, InterruptedException {
        try (OpenLoop load = begin(port, connections, perSecond, requests)) {
            Thread.sleep(time);
            return load.end();
        }
    }

    /** Between two requests of one connection, in nanoseconds. */
    private long interval() {
        return TimeUnit.SECONDS.toNanos(connections) / perSecond;
    }

    /**
     * Ends it.
     *
     * @return how long the responses took, in microseconds
     * @throws IOException when a response was anything but a success
     */
    public Histogram end() throws IOException, InterruptedException {
        isOver.set(true);
        Histogram all = new Histogram(3);
        for (Future<Histogram> each : running) {
            try {
                all.add(each.get());
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
        }
        return all;
    }

    private Histogram send(long first) throws IOException {
        Histogram micros = new Histogram(3);
        ByteBuffer out = ByteBuffer.allocate(BUFFER);
        ByteBuffer in = ByteBuffer.allocate(BUFFER);
        HttpReplies replies = new HttpReplies();
        try (SocketChannel channel = SocketChannel
                .open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            for (long due = first; !isOver.get(); due += interval()) {
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                synchronized (requests) {
                    requests.next(out.clear());
                }
                out.flip();
                while (out.hasRemaining()) {
                    int _ = channel.write(out);
                }
                do {
                    if (channel.read(in.clear()) < 0) {
                        throw new IOException("the server closed a connection");
                    }
                } while (!replies.read(in.flip()));
                micros.recordValue((System.nanoTime() - due) / 1000);
            }
        }
        return micros;
    }

    @Override
    public void close() {
        isOver.set(true);
        threads.close();
    }
}
