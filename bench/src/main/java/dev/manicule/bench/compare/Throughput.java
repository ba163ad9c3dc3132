package dev.manicule.bench.compare;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.RedisReplies;
import dev.manicule.bench.peer.Postgres;
import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many operations a server does in a second with some in flight, the cost of each, and how long each takes. */
final class Throughput {
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
    /** PostgreSQL makes a process for each connection; that is not what is measured. */
    private static final Duration CONNECTING = Duration.ofSeconds(2);
    private static final Pattern FAILED = Pattern.compile("number of failed transactions: (\\d+)");
    /** So that no round of pgbench does what an earlier one has done. */
    private static final long ROUND = 100_000_000;

    final Measure rate;
    final Measure cpu;
    private final Measure median;
    private final Measure nearlyAll;
    private final int inFlight;
    private final Duration time;

    /**
     * The throughput of an operation.
     *
     * @param one its name, in the singular
     */
    Throughput(String one, int inFlight, Duration time) {
        rate = Measure.gain("rate", "/s");
        cpu = Measure.cost("CPU per " + one, "µs");
        median = Measure.cost("median time", "µs");
        nearlyAll = Measure.cost("99 % within", "µs");
        this.inFlight = inFlight;
        this.time = time;
    }

    /** A server that gets HTTP requests. */
    Subject http(String name, PeerProcess server, ClosedLoop.Requests requests) {
        return new Served(name, server,
                running -> measure(running, () -> ClosedLoop.http(running.port(), inFlight, time, requests)));
    }

    /** Redis, which gets so many commands at once. */
    Subject redis(String name, PeerProcess server, int commands, ClosedLoop.Requests requests) {
        return new Served(name, server, running -> measure(running, () -> ClosedLoop.run(running.port(), inFlight, time,
                requests, () -> new RedisReplies(commands))));
    }

    /**
     * PostgreSQL, with pgbench as its client; in the script {@code :n} is a number that each client may count up from.
     */
    Subject postgres(String name, Postgres postgres, Path script) {
        AtomicLong rounds = new AtomicLong();
        return new Served(name, postgres.process(), server -> {
            long seconds = CONNECTING.plus(time).toSeconds() + 1;
            try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
                Future<String> running = thread.submit(
                        () -> postgres.pgbench(script, inFlight, seconds, rounds.incrementAndGet() * ROUND));
                Thread.sleep(CONNECTING);
                long begin = System.nanoTime();
                long before = server.cpuNanos();
                Thread.sleep(time);
                double busy = (double) (server.cpuNanos() - before) / (System.nanoTime() - begin);
                String said = running.get();
                if (number(FAILED, said) > 0) {
                    throw new IOException("pgbench failed in part:\n" + said);
                }
                double perSecond = number(RATE, said);
                return Map.of(rate, perSecond, cpu, busy * 1e6 / perSecond);
            }
        });
    }

    /** A load on a server. */
    private interface Load {
        ClosedLoop.Result run() throws IOException;
    }

    private Map<Measure, Double> measure(PeerProcess server, Load load) throws IOException {
        long before = server.cpuNanos();
        ClosedLoop.Result result = load.run();
        long spent = server.cpuNanos() - before;
        return Map.of(rate, result.perSecond(), cpu, spent / 1e3 / result.requests(), median,
                (double) result.micros().getValueAtPercentile(50), nearlyAll,
                (double) result.micros().getValueAtPercentile(99));
    }

    private static double number(Pattern pattern, String said) throws IOException {
        Matcher matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw new IOException("pgbench said nothing of that:\n" + said);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
