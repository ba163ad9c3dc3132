package dev.manicule.bench.compare;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.Template;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The cost of an add as more actions are stored; in the end the server is killed and started again. */
final class ScaleRun implements Scenario {
    private static final int FIRST = 10_000;
    private static final int MEASURED = 50_000;
    private static final Measure RESTART = Measure.cost("start after kill -9", "s");

    private final int channels;
    private final int growth;

    /**
     * Over so many channels.
     *
     * @param growth actions stored in the end
     */
    ScaleRun(int channels, int growth) {
        this.channels = channels;
        this.growth = growth;
    }

    @Override
    public String name() {
        return channels == 1 ? "growth-one-channel" : "growth-many-channels";
    }

    @Override
    public String title() {
        return channels == 1
                ? "Adds to one channel that grows"
                : "Adds over %,d channels that grow".formatted(channels);
    }

    private static Measure cpuAt(int stored) {
        return Measure.cost("CPU per add at %,d".formatted(stored), "µs");
    }

    @Override
    public List<Goal> goals() {
        List<Goal> all = new ArrayList<>();
        for (int stored = FIRST * 10; stored <= growth; stored *= 10) {
            all.add(new Goal.Within(cpuAt(stored), cpuAt(FIRST), 1.25));
        }
        all.add(new Goal.Alone(RESTART, 3));
        return all;
    }

    @Override
    public boolean isLong() {
        return true;
    }

    @Override
    public List<Subject> subjects(Environment environment) {
        return List.of(new Fresh(Subject.MANICULE, () -> grow(environment)));
    }

    private Map<Measure, Double> grow(Environment environment) throws Exception {
        Map<Measure, Double> found = new LinkedHashMap<>();
        Path folder;
        try (PeerProcess server = ManiculeProcess.start(environment.machine())) {
            warmUp(server, environment.runSize().warmUp().dividedBy(3));
            ClosedLoop.Requests requests = requests();
            long stored = 0;
            for (int size = FIRST; size <= growth; size *= 10) {
                ClosedLoop.Result _ = ClosedLoop.httpCount(server.port(), AddActions.MANY, size - stored, requests);
                server.awaitQuiet(Duration.ofSeconds(1)); // RocksDB's pending rewrites belong to earlier work
                long measured = Math.min(MEASURED, size);
                long before = server.cpuNanos();
                ClosedLoop.Result _ = ClosedLoop.httpCount(server.port(), AddActions.MANY, measured, requests);
                found.put(cpuAt(size), (server.cpuNanos() - before) / 1e3 / measured);
                stored = size + measured;
            }
            folder = server.folder();
            server.kill();
            try (PeerProcess again = ManiculeProcess.start(environment.machine(), folder)) {
                found.put(RESTART, again.startNanos() / 1e9);
            }
        }
        return found;
    }

    /** Compiles the code before the first measurement; deletes again what it stores. */
    private static void warmUp(PeerProcess server, Duration time) throws IOException {
        ClosedLoop.Result _ = ClosedLoop.http(server.port(), AddActions.MANY, time,
                AddActions.requests("warm"));
        ClosedLoop.Result _ = ClosedLoop.httpCount(server.port(), 1, 1, new Template(
                "DELETE /v3/history/sub-key/demo/channel/warm HTTP/1.1\r\nHost: localhost\r\n\r\n")::put);
    }

    private ClosedLoop.Requests requests() {
        Template add = Template.post("/v1/message-actions/demo/channel/bench-#/message/1700000#?uuid=u#",
                AddActions.ACTION);
        AtomicLong count = new AtomicLong();
        return out -> {
            long number = count.incrementAndGet();
            // A step that shares no factor with the number of channels visits all of them, neighbours far apart.
            add.put(out, number * 7_919 % channels, number / 1000, number);
        };
    }
}
