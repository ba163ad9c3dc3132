package dev.manicule.bench.cluster;

import dev.manicule.bench.compare.Report;
import dev.manicule.bench.compare.Series;
import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.OpenLoop;
import dev.manicule.bench.load.SubscriberPool;
import dev.manicule.bench.load.Template;
import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Measures a cluster of one, two and three nodes, all on this machine. There the nodes share the cores; so the cost of
 * a delivery is counted in processor time of the nodes' processes; from it follows the rate that they would reach with
 * a core each.
 */
public final class ClusterBench {
    private static final int NODES = 3;
    /**
     * More than the requests that wait at once at the rate of {@link Scale}, as long as a response takes less than 20
     * ms.
     */
    private static final int CONNECTIONS = 32;
    private static final int IN_FLIGHT = 256;
    private static final Duration QUIET = Duration.ofMillis(300);
    private static final Pattern TIMETOKEN = Pattern.compile("(\\d{17})");

    private final Scale scale;
    private final Consumer<String> says;
    private final AtomicLong written = new AtomicLong();
    private final List<String> rows = new ArrayList<>();
    private int told;
    private int joined;

    private ClusterBench(Scale scale, Consumer<String> says) {
        this.scale = scale;
        this.says = says;
    }

    /**
     * Does all of it.
     *
     * @param says receives a line for each step
     * @return what was measured, as Markdown
     */
    public static String run(Scale scale, Machine machine, Consumer<String> says) throws Exception {
        ClusterBench bench = new ClusterBench(scale, says);
        String before = load();
        try (MeasuredCluster cluster = MeasuredCluster.start()) {
            cluster.startNode(machine);
            bench.warmUp(cluster);
            bench.latency(cluster);
            bench.writes(cluster);
            bench.deliveries(cluster);
            while (cluster.nodes().size() < NODES) {
                cluster.startNode(machine);
                bench.warmUpLast(cluster);
                bench.writes(cluster);
                bench.deliveries(cluster);
            }
        }
        return """
                Load of the machine %s before, %s after; brokers and the first node were warmed up for %d s.

                | | nodes | |
                |---|---:|---|
                %s""".formatted(before, load(), scale.warmUp().toSeconds(), String.join("", bench.rows));
    }

    /** How many threads ran or waited for a core in the last minute. */
    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).replaceFirst(" .*\\s*", "");
    }

    private void row(String what, int nodes, String measured) {
        rows.add("| %s | %d | %s |%n".formatted(what, nodes, measured));
        says.accept("  " + what + ": " + measured);
    }

    private ClosedLoop.Requests publishes() {
        Template publish = Template.post("/publish/demo/demo/0/written", "{\"text\":\"hello, this is message #\"}");
        return out -> publish.put(out, written.incrementAndGet());
    }

    /** Brokers are written for long runs: their first minute is not representative. */
    private void warmUp(MeasuredCluster cluster) throws IOException, InterruptedException {
        says.accept("warming up for " + scale.warmUp().toSeconds() + " s");
        Duration third = scale.warmUp().dividedBy(3);
        ClosedLoop.Result _ = ClosedLoop.http(cluster.nodes().getFirst().port(), IN_FLIGHT, third, publishes());
        Histogram _ = cluster.usual().run(scale.perSecond(), third.dividedBy(2));
        Histogram _ = cluster.oneAtATime().run(scale.perSecond(), third.dividedBy(2));
        Histogram _ = replicated(cluster.nodes().getFirst(), third);
        deliver(cluster.nodes(), scale.events());
    }

    /** A node that is new has applied what others wrote, and has delivered nothing yet. */
    private void warmUpLast(MeasuredCluster cluster) throws IOException, InterruptedException {
        PeerProcess last = cluster.nodes().getLast();
        says.accept("warming up one more node");
        ClosedLoop.Result _ = ClosedLoop.http(last.port(), IN_FLIGHT, scale.warmUp().dividedBy(3), publishes());
        deliver(List.of(last), scale.events());
    }

    private Histogram replicated(PeerProcess node, Duration time) throws IOException, InterruptedException {
        return OpenLoop.run(node.port(), CONNECTIONS, scale.perSecond(), time, publishes());
    }

    private void latency(MeasuredCluster cluster) throws Exception {
        says.accept("how long a write takes, " + scale.perSecond() + " a second");
        List<Timing> timings = List.of(
                new Timing("A record from a bare producer to a bare consumer of Kafka, as is usual", 0,
                        () -> cluster.usual().run(scale.perSecond(), scale.time())),
                new Timing("The same, one request at a time", 0,
                        () -> cluster.oneAtATime().run(scale.perSecond(), scale.time())),
                new Timing("A publish by HTTP, replicated and applied", 1,
                        () -> replicated(cluster.nodes().getFirst(), scale.time())));
        Series ratio = new Series();
        for (int round = 0; round < scale.rounds(); round++) {
            for (int turn = 0; turn < timings.size(); turn++) {
                Timing timing = timings.get((round + turn) % timings.size());
                timing.rounds().add(timing.measurement().take());
            }
            List<Double> halves = timings.stream().map(each -> half(each.rounds().getLast())).toList();
            ratio.add(halves.get(2) / Math.min(halves.get(0), halves.get(1)));
        }
        for (Timing timing : timings) {
            row(timing.what() + ", " + Report.number(scale.perSecond()) + "/s", timing.nodes(), times(timing.rounds()));
        }
        row("Half within, against the faster of bare Kafka in the same round (wanted: ≤ 1.5×)", 1,
                "%s× (%s to %s)".formatted(Report.number(ratio.median()), Report.number(ratio.least()),
                        Report.number(ratio.most())));
    }

    /** An operation that is timed, round after round. */
    private record Timing(String what, int nodes, Measurement measurement, List<Histogram> rounds) {
        Timing(String what, int nodes, Measurement measurement) {
            this(what, nodes, measurement, new ArrayList<>());
        }
    }

    /** Takes the times of one round, in microseconds. */
    private interface Measurement {
        Histogram take() throws Exception;
    }

    private static double half(Histogram micros) {
        return micros.getValueAtPercentile(50);
    }

    private static String times(List<Histogram> rounds) {
        return "half within " + spread(rounds, 50) + " ms, 99 % within " + spread(rounds, 99) + " ms";
    }

    private static String spread(List<Histogram> rounds, double percentile) {
        Series millis = new Series();
        rounds.forEach(each -> millis.add(each.getValueAtPercentile(percentile) / 1e3));
        return spread(millis);
    }

    private static String spread(Series series) {
        return "%s (%s to %s)".formatted(Report.number(series.median()), Report.number(series.least()),
                Report.number(series.most()));
    }

    private static long cpuNanos(List<PeerProcess> nodes) throws IOException {
        long sum = 0;
        for (PeerProcess node : nodes) {
            sum += node.cpuNanos();
        }
        return sum;
    }

    private void writes(MeasuredCluster cluster) throws IOException, InterruptedException {
        List<PeerProcess> nodes = cluster.nodes();
        says.accept("writes, " + IN_FLIGHT + " in flight over " + nodes.size() + " node(s)");
        Series rate = new Series();
        Series cpu = new Series();
        for (int round = 0; round < scale.rounds(); round++) {
            long before = cpuNanos(nodes);
            long begin = System.nanoTime();
            long count = write(nodes);
            rate.add(count * 1e9 / (System.nanoTime() - begin));
            cpu.add((cpuNanos(nodes) - before) / 1e3 / count / nodes.size());
        }
        row("Writes a second, all on this machine, " + IN_FLIGHT + " in flight", nodes.size(), spread(rate));
        row("CPU a write, of each node", nodes.size(), spread(cpu) + " µs");
        if (nodes.size() == NODES) {
            onlyApplied(nodes.subList(0, 1), nodes.subList(1, NODES));
        }
    }

    private void onlyApplied(List<PeerProcess> writing, List<PeerProcess> applying)
            throws IOException, InterruptedException {
        Series cpu = new Series();
        for (int round = 0; round < scale.rounds(); round++) {
            long before = cpuNanos(applying);
            long count = write(writing);
            awaitQuiet(applying); // they may be behind
            cpu.add((cpuNanos(applying) - before) / 1e3 / count / applying.size());
        }
        row("CPU a write, of a node that only applies what others have taken", NODES, spread(cpu) + " µs");
    }

    /** Writes for a time, as much through each node; returns how many writes got a response. */
    private long write(List<PeerProcess> nodes) throws IOException, InterruptedException {
        long count = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(nodes.size())) {
            List<Future<ClosedLoop.Result>> running = new ArrayList<>();
            for (PeerProcess node : nodes) {
                ClosedLoop.Requests requests = publishes();
                running.add(threads.submit(
                        () -> ClosedLoop.http(node.port(), IN_FLIGHT / nodes.size(), scale.time(), requests)));
            }
            for (Future<ClosedLoop.Result> each : running) {
                count += each.get().requests();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        return count;
    }

    private void deliveries(MeasuredCluster cluster) throws IOException, InterruptedException {
        List<PeerProcess> nodes = cluster.nodes();
        says.accept("deliveries to " + scale.subscribers() + " subscribers over " + nodes.size() + " node(s)");
        Series cpu = new Series();
        Series byClock = new Series();
        Series withACoreEach = new Series();
        Series memory = new Series();
        Series coming = new Series();
        for (int round = 0; round < scale.rounds(); round++) {
            Delivered delivered = deliver(nodes, scale.events());
            double deliveries = (double) scale.events() * delivered.subscribers();
            cpu.add(delivered.cpuNanos() / 1e3 / deliveries);
            byClock.add(deliveries * 1e9 / delivered.nanos());
            withACoreEach.add(deliveries * 1e9 / delivered.busiestCpuNanos());
            coming.add(delivered.comingCpuNanos() / 1e3 / delivered.subscribers());
            memory.add(delivered.memoryBytes() / 1e6 / nodes.size());
        }
        row("Subscribers held, as streams of server-sent events", nodes.size(), Report.number(scale.subscribers()));
        row("Memory of each node with them", nodes.size(), spread(memory) + " MB");
        row("CPU of all nodes for a subscriber that comes, its presence with it", nodes.size(),
                spread(coming) + " µs");
        row("CPU of all nodes a delivery", nodes.size(), spread(cpu) + " µs");
        row("Deliveries a second, all on this machine", nodes.size(), spread(byClock));
        row("Deliveries a second with a core for each node, by the CPU of the busiest", nodes.size(),
                spread(withACoreEach));
    }

    /**
     * The result of events delivered to subscribers.
     *
     * @param nanos from the first publish to the last arrival
     * @param cpuNanos of all nodes, for the deliveries
     * @param busiestCpuNanos of the node that had most to do
     * @param comingCpuNanos of all nodes, until all had subscribed
     * @param memoryBytes of all nodes, with the subscribers
     */
    private record Delivered(int subscribers, long nanos, long cpuNanos, long busiestCpuNanos, long comingCpuNanos,
            long memoryBytes) {}

    private Delivered deliver(List<PeerProcess> nodes, int events) throws IOException, InterruptedException {
        int subscribers = scale.subscribers() / nodes.size() * nodes.size();
        try (SubscriberPool pool = new SubscriberPool(nodes.getFirst().port())) {
            awaitQuiet(nodes);
            long beforeComing = cpuNanos(nodes);
            for (PeerProcess node : nodes) {
                pool.join(subscribers / nodes.size(), node.port());
            }
            String cursor = timetoken(nodes.getFirst());
            int first = joined;
            joined += subscribers;
            pool.ask(number -> stream(first + number, cursor));
            awaitQuiet(nodes);
            long coming = cpuNanos(nodes) - beforeComing;
            long memory = 0;
            long[] before = new long[nodes.size()];
            for (int i = 0; i < before.length; i++) {
                memory += nodes.get(i).memoryBytes();
                before[i] = nodes.get(i).cpuNanos();
            }
            pool.drain();
            long nanos = 0;
            for (int event = 0; event < events; event++) {
                String marker = "event-%09d".formatted(++told);
                nanos += pool.deliver(publish(marker), marker);
            }
            long sum = 0;
            long busiest = 0;
            for (int i = 0; i < before.length; i++) {
                long spent = nodes.get(i).cpuNanos() - before[i];
                sum += spent;
                busiest = Math.max(busiest, spent);
            }
            return new Delivered(subscribers, nanos, sum, busiest, coming, memory);
        }
    }

    private static void awaitQuiet(List<PeerProcess> nodes) throws IOException, InterruptedException {
        for (PeerProcess node : nodes) {
            node.awaitQuiet(QUIET);
        }
    }

    /** The cursor of the next event. */
    private static String timetoken(PeerProcess node) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI time = URI.create("http://127.0.0.1:" + node.port() + "/time/0");
            Matcher found = TIMETOKEN.matcher(client
                    .send(HttpRequest.newBuilder(time).build(), HttpResponse.BodyHandlers.ofString())
                    .body());
            if (!found.find()) {
                throw new IOException("no time from a node");
            }
            return found.group(1);
        }
    }

    private static String stream(int user, String cursor) {
        return "GET /v2/stream/demo/told?uuid=user-" + user + "&tt=" + cursor
                + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
    }

    private static String publish(String text) {
        return "POST /publish/demo/demo/0/told HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + (text.length() + 2) + "\r\n\r\n\"" + text + "\"";
    }
}
