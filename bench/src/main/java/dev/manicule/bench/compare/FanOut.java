package dev.manicule.bench.compare;

import dev.manicule.bench.load.SubscriberPool;
import dev.manicule.bench.peer.ManiculeServer;
import dev.manicule.bench.peer.Nchan;
import dev.manicule.bench.peer.PeerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One event to many waiting subscribers. */
final class FanOut implements Scenario {
    private static final Measure CPU = Measure.cost("CPU per subscriber", "µs");
    private static final Measure LAST = Measure.cost("time to the last", "ms");
    private static final Duration QUIET = Duration.ofMillis(300);

    private final Waiting waiting;

    FanOut(Waiting waiting) {
        this.waiting = waiting;
    }

    @Override
    public String name() {
        return "fan-out-" + waiting.shortName();
    }

    @Override
    public String title() {
        return "One event to a crowd of " + waiting.title();
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(CPU, Peers.NCHAN, 0.7), new Goal.Beside(LAST, Peers.NCHAN, 0.7));
    }

    @Override
    public List<Subject> contestants(Environment arena) throws Exception {
        List<Subject> all = new ArrayList<>();
        all.add(warm(arena, new Told(Subject.MANICULE, ManiculeServer.start(arena.machine()), waiting.ofManicule(),
                arena.effort())));
        if (arena.hasPeers()) {
            all.add(warm(arena, new Told(Peers.NCHAN, Nchan.start(arena.machine(), arena.packages()),
                    waiting.ofNchan(), arena.effort())));
        }
        return all;
    }

    private static Subject warm(Environment arena, Told contestant) throws Exception {
        long end = System.nanoTime() + arena.effort().warmUp().toNanos();
        do {
            Map<Measure, Double> _ = contestant.measure();
        } while (System.nanoTime() < end);
        return contestant;
    }

    /**
     * A server that delivers to a pool of subscribers, which exists for one measurement: two pools would be more files
     * than a process may open.
     */
    private static final class Told implements Subject {
        private final String name;
        private final PeerProcess server;
        private final SubscribeDialect asking;
        private final RunSize effort;
        private int told;

        Told(String name, PeerProcess server, SubscribeDialect asking, RunSize effort) {
            this.name = name;
            this.server = server;
            this.asking = asking;
            this.effort = effort;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Map<Measure, Double> measure() throws Exception {
            Series cpu = new Series();
            Series last = new Series();
            try (SubscriberPool crowd = new SubscriberPool(server.port())) {
                crowd.join(effort.crowd());
                for (int event = 0; event < effort.events(); event++) {
                    if (event == 0 || asking.again()) {
                        Waiting.gather(crowd, asking, server.port());
                    }
                    server.awaitQuiet(QUIET);
                    crowd.drain();
                    String marker = "event-%09d".formatted(++told);
                    long before = server.cpuNanos();
                    long nanos = crowd.deliver(asking.publish(marker), marker);
                    server.awaitQuiet(QUIET);
                    cpu.add((server.cpuNanos() - before) / 1e3 / effort.crowd());
                    last.add(nanos / 1e6);
                }
            }
            return Map.of(CPU, cpu.median(), LAST, last.median());
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
