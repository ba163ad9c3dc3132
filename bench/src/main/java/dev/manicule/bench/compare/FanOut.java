package dev.manicule.bench.compare;

import dev.manicule.bench.load.SubscriberPool;
import dev.manicule.bench.peer.ManiculeProcess;
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
        return "One event to many " + waiting.title();
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(CPU, PeerNames.NCHAN, 0.7), new Goal.Beside(LAST, PeerNames.NCHAN, 0.7));
    }

    @Override
    public List<Subject> subjects(Environment environment) throws Exception {
        List<Subject> all = new ArrayList<>();
        all.add(warm(environment,
                new FanOutSubject(Subject.MANICULE, ManiculeProcess.start(environment.machine()), waiting.ofManicule(),
                        environment.runSize())));
        if (environment.hasPeers()) {
            all.add(warm(environment,
                    new FanOutSubject(PeerNames.NCHAN, Nchan.start(environment.machine(), environment.packages()),
                            waiting.ofNchan(), environment.runSize())));
        }
        return all;
    }

    private static Subject warm(Environment environment, FanOutSubject subject) throws Exception {
        long end = System.nanoTime() + environment.runSize().warmUp().toNanos();
        do {
            Map<Measure, Double> _ = subject.measure();
        } while (System.nanoTime() < end);
        return subject;
    }

    /**
     * A server that delivers to a pool of subscribers, which exists for one measurement: two pools would be more files
     * than a process may open.
     */
    private static final class FanOutSubject implements Subject {
        private final String name;
        private final PeerProcess server;
        private final SubscribeDialect dialect;
        private final RunSize runSize;
        private int delivered;

        FanOutSubject(String name, PeerProcess server, SubscribeDialect dialect, RunSize runSize) {
            this.name = name;
            this.server = server;
            this.dialect = dialect;
            this.runSize = runSize;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Map<Measure, Double> measure() throws Exception {
            Series cpu = new Series();
            Series last = new Series();
            try (SubscriberPool pool = new SubscriberPool(server.port())) {
                pool.join(runSize.subscribers());
                for (int event = 0; event < runSize.events(); event++) {
                    if (event == 0 || dialect.again()) {
                        Waiting.gather(pool, dialect, server.port());
                    }
                    server.awaitQuiet(QUIET);
                    pool.drain();
                    String marker = "event-%09d".formatted(++delivered);
                    long before = server.cpuNanos();
                    long nanos = pool.deliver(dialect.publish(marker), marker);
                    server.awaitQuiet(QUIET);
                    cpu.add((server.cpuNanos() - before) / 1e3 / runSize.subscribers());
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
