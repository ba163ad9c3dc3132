package dev.manicule.brokers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A broker, which is a controller too, in a process of its own. Its methods may be called by any thread; the waiting ones wait without a
 * lock, so that another thread can still kill it.
 */
public final class Broker {
    /** How long a start or a stop may take, on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final int PAUSE_MILLIS = 10;
    private static final int TAIL = 4096;

    private final int id;
    private final int port;
    private final Path data;
    private final Path output;
    private final List<String> command;
    private @Nullable Process process;
    private long outputBefore;
    private boolean closed;

    Broker(int id, int port, Path data, Path output, List<String> command) {
        this.id = id;
        this.port = port;
        this.data = data;
        this.output = output;
        this.command = command;
    }

    /** Its node id in the cluster: 0 for the first. */
    public int id() {
        return id;
    }

    /** Where it takes clients, on 127.0.0.1: the same as long as the cluster lasts. */
    public int port() {
        return port;
    }

    /** The id of its process, or of the last it had. */
    public long pid() {
        return process().pid();
    }

    /** Whether its process is there; a paused one is. */
    public boolean isAlive() {
        return process().isAlive();
    }

    /** The folder that it keeps its logs in, its own as a controller too. */
    public Path data() {
        return data;
    }

    /** The file of all that its processes have written: Kafka's log from WARN on, and what the virtual machine says. */
    public Path output() {
        return output;
    }

    /**
     * Starts its process, on the same data and port as before, and returns at once: without a majority of the others it would not be let
     * in. {@link #awaitStarted} waits for that.
     *
     * @throws IllegalStateException when it runs, or the cluster is closed
     * @throws IOException when there can be no such process
     */
    public void start() throws IOException {
        start(Map.of());
    }

    /**
     * The same in an environment that has more, for this time.
     *
     * @param environment variables that are set for its process, besides those of this one
     */
    public synchronized void start(Map<String, String> environment) throws IOException {
        if (closed || (process != null && process.isAlive())) {
            throw new IllegalStateException("%s %s".formatted(this, closed ? "is closed" : "runs already"));
        }
        outputBefore = Files.exists(output) ? Files.size(output) : 0;
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /**
     * Waits until the controller has let it in and it takes requests; returns at once when that was so since its start.
     *
     * @throws IOException when its process ends instead, or 90 s are over; the message has the end of its output
     */
    public void awaitStarted() throws IOException, InterruptedException {
        Process current = process();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!hasStarted()) {
            if (!current.isAlive()) {
                throw new IOException("%s ended with status %d: %s".formatted(this, current.exitValue(), tail()));
            }
            if (System.nanoTime() > end) {
                throw new IOException("%s has not started within %s: %s".formatted(this, PATIENCE, tail()));
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private boolean hasStarted() throws IOException {
        long from;
        synchronized (this) {
            from = outputBefore;
        }
        return read(from).contains(Kafka.STARTED);
    }

    private String tail() throws IOException {
        return read(Math.max(0, Files.size(output) - TAIL));
    }

    private String read(long from) throws IOException {
        byte[] all = Files.readAllBytes(output);
        return new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
    }

    /** Ends its process as {@code kill -9} does, paused or not, and returns when it is gone. Does nothing when it is gone already. */
    public void kill() throws InterruptedException {
        process().destroyForcibly().waitFor();
    }

    /**
     * Stops it in an orderly way, by SIGTERM, paused or not, and returns when it is gone. It hands its partitions over and says good-bye to
     * the controller, which takes long when there is none. Does nothing when it is gone already.
     *
     * @throws IOException when it is not gone within 90 s; it is killed then
     */
    public void stop() throws IOException, InterruptedException {
        Process current = process();
        if (!current.isAlive()) {
            return;
        }
        signal(current, "CONT");
        current.toHandle().destroy(); // Process.destroy() would close its standard input, which ends it at once
        if (!current.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            current.destroyForcibly().waitFor();
            throw new IOException("%s did not stop within %s: %s".formatted(this, PATIENCE, tail()));
        }
    }

    /**
     * Pauses its process, by SIGSTOP: its connections stay open, and nothing is answered. Returns when it stands still.
     *
     * @throws IOException when it is not alive
     */
    public void pause() throws IOException, InterruptedException {
        Process current = process();
        signal(current, "STOP");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isStopped(current)) {
            if (System.nanoTime() > end) {
                throw new IOException(this + " does not stand still");
            }
            Thread.sleep(1);
        }
    }

    /**
     * Lets a paused process go on, by SIGCONT.
     *
     * @throws IOException when it is not alive
     */
    public void resume() throws IOException, InterruptedException {
        signal(process(), "CONT");
    }

    private void signal(Process current, String signal) throws IOException, InterruptedException {
        if (!current.isAlive() || new ProcessBuilder("kill", "-" + signal, "" + current.pid()).start().waitFor() != 0) {
            throw new IOException("%s got no SIG%s: it is not alive".formatted(this, signal));
        }
    }

    /** Asks Linux whether it stands still; elsewhere takes it for granted. */
    private static boolean isStopped(Process current) throws IOException {
        Path stat = Path.of("/proc", "" + current.pid(), "stat");
        if (!Files.exists(stat)) {
            return true;
        }
        String text = Files.readString(stat);
        return text.startsWith("T", text.lastIndexOf(')') + 2);
    }

    /** Kills it for good. */
    void close() {
        Process last;
        synchronized (this) {
            closed = true;
            last = process;
        }
        if (last != null) {
            last.destroyForcibly().onExit().join();
        }
    }

    private synchronized Process process() {
        if (process == null) {
            throw new IllegalStateException(this + " has never been started");
        }
        return process;
    }

    @Override
    public String toString() {
        return "broker " + id;
    }
}
