package dev.manicule.bench.compare;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.OpenLoop;
import dev.manicule.bench.load.Template;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Deletes all messages of a channel while other clients add actions elsewhere: measures how long it takes, and the
 * effect on them.
 */
final class DeleteChannel implements Scenario {
    private static final int FEW = 10;
    private static final int SMALL_ONES = 20;
    private static final int ADDS_A_SECOND = 200;
    private static final Duration LONGEST_REMOVAL = Duration.ofMinutes(10);
    private static final String MESSAGE = """
            {"text":"hello, this is message #"}""";
    private static final Measure SMALL = Measure.cost("deletion of 10 messages", "ms");
    private static final Measure PAGE = Measure.cost("page of the channel, just deleted", "ms");
    private static final Measure PAGE_LATER = Measure.cost("page of the channel, rows removed", "ms");
    private static final Measure REMOVED = Measure.cost("until the rows are removed", "s");

    private final int messages;
    private final Duration time;
    private final AtomicLong count = new AtomicLong();

    /**
     * Of so many messages.
     *
     * @param time for how long adds are measured before the deletion
     */
    DeleteChannel(int messages, Duration time) {
        this.messages = messages;
        this.time = time;
    }

    @Override
    public String name() {
        return "deletion";
    }

    @Override
    public String title() {
        return "Deletion of %,d messages, and %d adds a second elsewhere".formatted(messages, ADDS_A_SECOND);
    }

    private Measure large() {
        return Measure.cost("deletion of %,d messages".formatted(messages), "ms");
    }

    private static Measure within(String percent, String when) {
        return Measure.cost("%s of adds within, %s".formatted(percent, when), "ms");
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Within(large(), SMALL, 3),
                new Goal.Alone(PAGE, 20),
                new Goal.Within(within("50 %", "while rows are removed"), within("50 %", "before"), 3));
    }

    @Override
    public boolean isLong() {
        return true;
    }

    @Override
    public List<Subject> subjects(Environment environment) {
        return List.of(new Fresh(Subject.MANICULE, () -> delete(environment)));
    }

    private Map<Measure, Double> delete(Environment environment) throws Exception {
        Map<Measure, Double> found = new LinkedHashMap<>();
        try (PeerProcess server = ManiculeProcess.start(environment.machine())) {
            int port = server.port();
            ClosedLoop.Requests adds = AddActions.requests("elsewhere");
            publish(port, "many", messages);
            Histogram small = new Histogram(3);
            for (int place = 0; place < SMALL_ONES; place++) {
                publish(port, "few-" + place, FEW);
                small.add(once(port, "DELETE", "few-" + place));
            }
            found.put(SMALL, millis(small, 50));
            Histogram _ = OpenLoop.run(port, ADDS_A_SECOND, time, adds); // so that its code is compiled
            server.awaitQuiet(Duration.ofSeconds(1)); // RocksDB's pending rewrites belong to earlier work
            long cpuBefore = server.cpuNanos();
            put(found, "before", OpenLoop.run(port, ADDS_A_SECOND, time, adds));
            long usual = (server.cpuNanos() - cpuBefore) / Math.max(time.toMillis(), 1);
            try (OpenLoop load = OpenLoop.begin(port, ADDS_A_SECOND, adds)) {
                long begin = System.nanoTime();
                found.put(large(), millis(once(port, "DELETE", "many"), 50));
                found.put(PAGE, millis(once(port, "GET", "many"), 50));
                awaitRemoval(server, usual, begin);
                found.put(REMOVED, (System.nanoTime() - begin) / 1e9);
                put(found, "while rows are removed", load.end());
            }
            found.put(PAGE_LATER, millis(once(port, "GET", "many"), 50));
        }
        return found;
    }

    /** Waits until the rows are gone and RocksDB has rewritten its files: the server has no more to do than before. */
    private static void awaitRemoval(PeerProcess server, long usual, long begin)
            throws IOException, InterruptedException {
        long spent;
        do {
            if (System.nanoTime() - begin > LONGEST_REMOVAL.toNanos()) {
                throw new IOException("rows are still being removed");
            }
            long before = server.cpuNanos();
            Thread.sleep(500);
            spent = (server.cpuNanos() - before) / 500;
        } while (spent > usual * 3 / 2 + 50_000); // nanoseconds a millisecond; some is the collector's
    }

    private static void put(Map<Measure, Double> found, String when, Histogram micros) {
        found.put(within("50 %", when), millis(micros, 50));
        found.put(within("99 %", when), millis(micros, 99));
        found.put(within("all", when), millis(micros, 100));
    }

    private static double millis(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1e3;
    }

    private void publish(int port, String channel, int much) throws IOException {
        Template publish = Template.post("/publish/demo/demo/0/" + channel, MESSAGE);
        ClosedLoop.Result _ = ClosedLoop.httpCount(port, AddActions.MANY, much,
                out -> publish.put(out, count.incrementAndGet()));
    }

    private static Histogram once(int port, String method, String channel) throws IOException {
        Template request = new Template(
                method + " /v3/history/sub-key/demo/channel/" + channel + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return ClosedLoop.httpCount(port, 1, 1, request::put).micros();
    }
}
