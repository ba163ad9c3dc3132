package dev.manicule.bench.compare;

import dev.manicule.bench.load.SubscriberPool;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.Nchan;
import dev.manicule.bench.peer.PeerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The growth of a server's memory when many subscribers park polls; each time a fresh server that has served a few
 * subscribers for a while.
 */
final class Memory implements Scenario {
    private static final Measure GROWTH = Measure.cost("memory per parked poll", "bytes");
    private static final Measure TOTAL = Measure.cost("memory of the process", "MiB");
    private static final Duration QUIET = Duration.ofMillis(500);
    private static final int BEFORE = 10;
    private static final int EVENTS_BEFORE = 4;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String title() {
        return "Memory of many parked polls";
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(GROWTH, PeerNames.NCHAN, 0.35));
    }

    /** Starts a server. */
    private interface Start {
        PeerProcess server() throws Exception;
    }

    @Override
    public List<Subject> subjects(Environment environment) {
        List<Subject> all = new ArrayList<>();
        RunSize runSize = environment.runSize();
        all.add(subject(Subject.MANICULE, runSize, Waiting.POLLS.ofManicule(),
                () -> ManiculeProcess.start(environment.machine())));
        if (environment.hasPeers()) {
            all.add(subject(PeerNames.NCHAN, runSize, Waiting.POLLS.ofNchan(),
                    () -> Nchan.start(environment.machine(), environment.packages())));
        }
        return all;
    }

    private static Subject subject(String name, RunSize runSize, SubscribeDialect dialect, Start start) {
        int size = runSize.subscribers();
        return new Fresh(name, () -> {
            try (PeerProcess server = start.server()) {
                try (SubscriberPool first = new SubscriberPool(server.port())) {
                    first.join(size / BEFORE);
                    for (int event = 0; event < EVENTS_BEFORE * runSize.events(); event++) {
                        Waiting.gather(first, dialect, server.port());
                        server.awaitQuiet(QUIET.dividedBy(5));
                        String marker = "before-" + event + "-";
                        long _ = first.deliver(dialect.publish(marker), marker);
                    }
                }
                server.awaitQuiet(QUIET);
                long before = server.memoryBytes();
                try (SubscriberPool pool = new SubscriberPool(server.port())) {
                    pool.join(size);
                    Waiting.gather(pool, dialect, server.port());
                    server.awaitQuiet(QUIET);
                    long after = server.memoryBytes();
                    return Map.of(GROWTH, (double) (after - before) / size, TOTAL, after / 0x1p20);
                }
            }
        });
    }
}
