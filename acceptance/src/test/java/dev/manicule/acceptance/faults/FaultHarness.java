package dev.manicule.acceptance.faults;

import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.ServerProcess.Launch;
import dev.manicule.acceptance.Wire;
import dev.manicule.acceptance.history.Checker;
import dev.manicule.acceptance.history.RecordedHistory;
import dev.manicule.acceptance.history.Result;
import dev.manicule.acceptance.history.Store;
import dev.manicule.acceptance.history.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server in a process, on a port and in a folder that stay, under load; something goes wrong with it, round by round. */
final class FaultHarness implements AutoCloseable {
    private static final int WORKERS = 10;
    private static final int SUBSCRIBERS = 4;
    /** So many answers at least come before something goes wrong, or there would be nothing to lose. */
    private static final int LEAST_ANSWERED = 50;

    final Path folder;
    final Random random;
    private final int port;
    private Path data;
    private Launch launch = Launch.PLAIN;
    private String[] options = {};
    private @Nullable Thread supervisor;
    private volatile @Nullable ServerProcess server;
    private @Nullable Workload workload;
    private @Nullable FaultyDisk disk;
    /** How often the supervisor had to start the server again. */
    final AtomicInteger deaths = new AtomicInteger();
    /** What was counted over all rounds. */
    int calls;
    int unknown;
    int events;

    FaultHarness(long seed) throws IOException {
        folder = Folders.temporary();
        data = folder.resolve("data");
        random = new Random(seed);
        port = freePort(random);
    }

    /** A port that no connection is given by chance while the server is away. */
    private static int freePort(Random random) {
        for (int attempt = 0; attempt < 200; attempt++) {
            int candidate = 12_000 + random.nextInt(18_000);
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken
            }
        }
        throw new IllegalStateException("no port is free");
    }

    /** The server is started like this from now on. */
    void launch(Launch how, String... moreOptions) {
        launch = how;
        options = moreOptions;
    }

    /** The server stores here from now on. */
    void data(Path path) {
        data = path;
    }

    Path data() {
        return data;
    }

    /** A disk that can fail, for whatever is launched with it. */
    FaultyDisk disk() throws Exception {
        FaultyDisk present = disk == null ? new FaultyDisk(folder, data) : disk;
        disk = present;
        return present;
    }

    int port() {
        return port;
    }

    Wire wire() {
        return new Wire(port);
    }

    Store store() {
        return new WireStore(port);
    }

    Workload workload() {
        return present(workload);
    }

    ServerProcess server() {
        return present(server);
    }

    private static <T> T present(@Nullable T thing) {
        if (thing == null) {
            throw new IllegalStateException("it has not been started");
        }
        return thing;
    }

    /** Has somebody start the server again whenever it has ended by itself. */
    void supervise() {
        supervisor = Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    pause(50);
                    ServerProcess now = server;
                    if (now != null && !now.isAlive()) {
                        start();
                        deaths.incrementAndGet();
                    }
                }
            } catch (Exception e) {
                // the harness is stopped
            }
        });
    }

    /** Begins to start the server, and does not wait for it. */
    Process begin() throws IOException {
        return launch.command("serve", "--port", "" + port, "--data", data.toString());
    }

    void start() throws Exception {
        String[] all = new String[4 + options.length];
        System.arraycopy(new String[]{"--port", "" + port, "--data", data.toString()}, 0, all, 0, 4);
        System.arraycopy(options, 0, all, 4, options.length);
        server = launch.serve(all);
    }

    /** One round: load, something that goes wrong, more load, and then everything is looked at. */
    void round(int number, Fault fault) throws Exception {
        ServerProcess before = server;
        if (before == null || (!before.isAlive() && supervisor == null)) {
            start();
        }
        Supplier<Store> stores = this::store;
        Workload load = new Workload(stores, "r" + number, random.nextLong(), WORKERS, SUBSCRIBERS);
        workload = load;
        pause(200 + random.nextInt(400));
        await().atMost(Duration.ofMinutes(1)).until(() -> load.answered() >= LEAST_ANSWERED);
        fault.strike(this);
        pause(300);
        RecordedHistory history = load.end();
        List<String> violations = Checker.violations(history);
        if (!violations.isEmpty()) {
            throw new AssertionError(fault + ", round " + number + ": " + violations.size() + " violations; the first: "
                    + violations.subList(0, Math.min(5, violations.size())) + "\nserver: " + server().lines());
        }
        calls += history.operations().size();
        unknown += (int) history.operations()
                .stream()
                .filter(operation -> operation.result() instanceof Result.Unknown)
                .count();
        events += history.streams().stream().mapToInt(stream -> stream.delivered().size()).sum();
    }

    /** Publishes until the server is no more, which it has to be before long. */
    void publishUntilItEnds(String message) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (server().isAlive()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it was to be killed, and goes on");
            }
            try {
                Wire.Answer _ = wire().post("/publish/demo/demo/0/large/0?uuid=large", message);
            } catch (UncheckedIOException e) {
                pause(10); // it ends
            }
        }
    }

    /** Waits until a publish is answered so. */
    void awaitPublish(int status) throws InterruptedException {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        Wire.Answer answer = null;
        while (System.nanoTime() < patience) {
            try {
                answer = wire().post("/publish/demo/demo/0/probe/0?uuid=probe", "1");
                if (answer.status() == status) {
                    return;
                }
            } catch (UncheckedIOException e) {
                // the server is away
            }
            pause(20);
        }
        throw new AssertionError("not " + status + " but " + (answer == null ? "nothing" : answer.body()) + "; server: "
                + server().lines());
    }

    void pause(int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    /** Ends the load and the server. */
    void stop() {
        if (supervisor != null) {
            supervisor.interrupt();
        }
        if (workload != null) {
            workload.abandon();
        }
        ServerProcess last = server;
        if (last != null) {
            last.close();
        }
    }

    @Override
    public void close() throws IOException {
        stop();
        if (Files.exists(folder)) {
            Folders.delete(folder);
        }
    }
}
