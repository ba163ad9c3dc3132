package dev.manicule.brokers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** An address that leads to another one of this machine: a proxy of TCP that can be cut, held, slowed and mended. Any thread may do so. */
final class Gate implements AutoCloseable {
    private static final int CHUNK = 16 << 10;
    /** So many chunks wait in a connection that is held or slow; the rest waits with who sends it. */
    private static final int MOST_CHUNKS = 256;
    private static final int BACKLOG = 200;
    private static final int CONNECT_MILLIS = 5_000;

    private final InetSocketAddress near;
    private final InetSocketAddress far;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition isChanged = lock.newCondition();
    private final Set<Connection> connections = new HashSet<>();
    private @Nullable ServerSocket entry;
    private boolean isClosed;
    private boolean isHeld;
    private Duration delay = Duration.ZERO;
    /** 0 when it does not matter how many. */
    private long bytesASecond;

    /**
     * Opens it.
     *
     * @param near where it is entered
     * @param far where it leads, whether somebody listens there or not
     */
    Gate(InetSocketAddress near, InetSocketAddress far) throws IOException {
        this.near = near;
        this.far = far;
        open();
    }

    /** Where it is entered. */
    InetSocketAddress near() {
        return near;
    }

    private void open() throws IOException {
        lock.lock();
        try {
            if (entry == null && !isClosed) {
                ServerSocket made = new ServerSocket();
                try {
                    made.setReuseAddress(true);
                    made.bind(near, BACKLOG);
                } catch (IOException e) {
                    made.close();
                    throw e;
                }
                entry = made;
                Thread.ofVirtual().name("manicule-gate").start(() -> accept(made));
            }
        } finally {
            lock.unlock();
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Socket socket = from.accept();
                Thread.ofVirtual().name("manicule-gate").start(() -> connect(from, socket));
            }
        } catch (IOException e) {
            // it is cut
        }
    }

    private void connect(ServerSocket from, Socket socket) {
        Socket other = new Socket();
        Connection connection = new Connection(socket, other);
        try {
            other.connect(far, CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            other.setTcpNoDelay(true);
        } catch (IOException e) {
            connection.reset(); // nobody listens there
            return;
        }
        lock.lock();
        try {
            if (!from.isClosed()) {
                connections.add(connection);
                connection.start();
                return;
            }
        } finally {
            lock.unlock();
        }
        connection.reset(); // it was cut meanwhile
    }

    /** Resets all connections, and has new ones be refused. */
    void cut() {
        List<Connection> all;
        lock.lock();
        try {
            closeEntry();
            all = List.copyOf(connections);
            connections.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(Connection::resetAtEnd); // all before any: the end of one may be the end of another
        all.forEach(Connection::reset);
    }

    private void closeEntry() {
        try {
            if (entry != null) {
                entry.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            entry = null;
        }
    }

    /** Takes bytes and connections, and hands nothing on; not even that one end has hung up. */
    void hold() {
        change(() -> isHeld = true);
    }

    /** Hands everything on so much later, in each direction. */
    void slow(Duration by) {
        change(() -> delay = by);
    }

    /** Hands on no more than so many bytes a second, in each direction of each connection. */
    void throttle(long bytes) {
        change(() -> bytesASecond = bytes);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            isChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Is as it was at first. What was held is handed on, as a network does that repeats what it has swallowed.
     *
     * @throws IOException when it was cut, and somebody else has its port now
     */
    void mend() throws IOException {
        change(() -> {
            isHeld = false;
            delay = Duration.ZERO;
            bytesASecond = 0;
        });
        open();
    }

    /** Cuts it for good. */
    @Override
    public void close() {
        change(() -> isClosed = true);
        cut();
    }

    /** Bytes that have come at some time; none at the end of a stream. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Chunk(byte[] bytes, long nanos) {}

    /** Two sockets, and what goes from each to the other. */
    private final class Connection {
        private final Socket one;
        private final Socket other;
        private final List<Thread> threads;

        Connection(Socket one, Socket other) {
            this.one = one;
            this.other = other;
            BlockingQueue<Chunk> there = new ArrayBlockingQueue<>(MOST_CHUNKS);
            BlockingQueue<Chunk> back = new ArrayBlockingQueue<>(MOST_CHUNKS);
            threads = List.of(thread(() -> take(one, there)), thread(() -> handOn(there, other)),
                    thread(() -> take(other, back)), thread(() -> handOn(back, one)));
        }

        private interface Task {
            void run() throws IOException, InterruptedException;
        }

        private Thread thread(Task task) {
            return Thread.ofVirtual().name("manicule-gate").unstarted(() -> {
                try {
                    task.run();
                } catch (IOException e) {
                    end(); // so has one end
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        void start() {
            threads.forEach(Thread::start);
        }

        private void take(Socket from, BlockingQueue<Chunk> queue) throws InterruptedException {
            byte[] buffer = new byte[CHUNK];
            int size;
            do {
                try {
                    size = from.getInputStream().read(buffer);
                } catch (IOException e) {
                    size = -1; // an end like any other, and told like any other
                }
                queue.put(new Chunk(Arrays.copyOf(buffer, Math.max(size, 0)), System.nanoTime()));
            } while (size >= 0);
        }

        private void handOn(BlockingQueue<Chunk> queue, Socket to) throws IOException, InterruptedException {
            long free = System.nanoTime(); // when all before has been handed on
            Chunk chunk;
            do {
                chunk = queue.take();
                free = awaitTurn(chunk, free);
                to.getOutputStream().write(chunk.bytes);
            } while (chunk.bytes.length > 0);
            end();
        }

        void resetAtEnd() {
            for (Socket each : List.of(one, other)) {
                try {
                    each.setSoLinger(true, 0);
                } catch (IOException e) {
                    // it has ended already
                }
            }
        }

        void reset() {
            resetAtEnd();
            end();
        }

        private void end() {
            lock.lock();
            try {
                connections.remove(this);
            } finally {
                lock.unlock();
            }
            for (Socket each : List.of(one, other)) {
                try {
                    each.close();
                } catch (IOException e) {
                    // it is gone either way
                }
            }
            threads.forEach(Thread::interrupt);
        }
    }

    /** Waits until a chunk may go; gives when it has gone at the rate that there is. */
    private long awaitTurn(Chunk chunk, long free) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = System.nanoTime();
                long gone = bytesASecond == 0
                        ? now
                        : Math.max(free - now, chunk.nanos - now) + now
                                + chunk.bytes.length * TimeUnit.SECONDS.toNanos(1) / bytesASecond;
                long left = Math.max(chunk.nanos + delay.toNanos() - now, gone - now);
                if (isHeld) {
                    isChanged.await();
                } else if (left <= 0) {
                    return gone;
                } else {
                    long _ = isChanged.awaitNanos(left);
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
