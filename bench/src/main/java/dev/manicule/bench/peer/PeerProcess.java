package dev.manicule.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own, and the processes it started, on the cores of the servers. Its folder goes with it. */
public final class PeerProcess implements AutoCloseable {
    /** The share of a core that counts as busy. */
    private static final int BUSY = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on every Linux

    private final String name;
    private final Process process;
    private final Path folder;
    private final int port;
    private long startNanos;

    private PeerProcess(String name, Process process, Path folder, int port) {
        this.name = name;
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param folder the server's own, where its output goes
     * @param port where it is going to listen, on loopback
     */
    static PeerProcess start(String name, Machine machine, Path folder, int port, Map<String, String> environment,
            List<String> command) throws IOException, InterruptedException {
        List<String> pinned = new ArrayList<>(machine.onServerCores());
        pinned.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(pinned).redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().putAll(environment);
        long begun = System.nanoTime();
        PeerProcess server = new PeerProcess(name, builder.start(), folder, port);
        try {
            server.awaitListening();
            server.startNanos = System.nanoTime() - begun;
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** A free port. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                Thread.sleep(2);
            }
        }
        throw new IOException(name + " did not start: " + Files.readString(folder.resolve("output")));
    }

    /** The port it listens on, on loopback. */
    public int port() {
        return port;
    }

    /** Nanoseconds from the command until it took a connection. */
    public long startNanos() {
        return startNanos;
    }

    /** Its folder. */
    public Path folder() {
        return folder;
    }

    /** Nanoseconds that it and its processes have run, those that have ended included. */
    public long cpuNanos() throws IOException {
        long sum = endedChildrenNanos();
        for (ProcessHandle each : processes()) {
            sum += CpuClock.nanos(each.pid());
        }
        return sum;
    }

    /** Processor time of its processes that have ended, in steps of 10 ms. */
    private long endedChildrenNanos() throws IOException {
        String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(afterName[13]) + Long.parseLong(afterName[14])) * NANOS_PER_TICK;
    }

    /** Bytes of memory that it and its processes take, what they share counted once. */
    public long memoryBytes() throws IOException {
        long sum = 0;
        for (ProcessHandle each : processes()) {
            for (String line : Files.readAllLines(Path.of("/proc", "" + each.pid(), "smaps_rollup"))) {
                if (line.startsWith("Pss:")) {
                    sum += Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        }
        return sum;
    }

    /** Waits until it has done little for a time. On a busy host, waking up ten times a second is work already. */
    public void awaitQuiet(Duration time) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long spent;
        do {
            if (System.nanoTime() > end) {
                throw new IOException(name + " does not come to rest");
            }
            long before = cpuNanos();
            Thread.sleep(time);
            spent = cpuNanos() - before;
        } while (spent > time.toNanos() / BUSY);
    }

    private List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    /** The id of its first process. */
    public long pid() {
        return process.pid();
    }

    /** Stops it in order, and leaves its folder. */
    public void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException(name + " does not stop");
        }
    }

    /** Ends it at once, as {@code kill -9} does, and leaves its folder. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        List<ProcessHandle> all = processes();
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            all.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
        WorkFolders.delete(folder);
    }
}
