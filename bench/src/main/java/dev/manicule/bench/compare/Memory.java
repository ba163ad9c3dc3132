package dev.manicule.bench.compare;

import dev.manicule.bench.load.SubscriberPool;
import dev.manicule.bench.peer.ManiculeServer;
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
        return "Memory that a crowd of parked polls takes";
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(GROWTH, Peers.NCHAN, 0.35));
    }

    /** Starts a server. */
    private interface Start {
        PeerProcess server() throws Exception;
    }

    @Override
    public List<Subject> contestants(Environment arena) {
        List<Subject> all = new ArrayList<>();
        RunSize effort = arena.effort();
        all.add(contestant(Subject.MANICULE, effort, Waiting.POLLS.ofManicule(),
                () -> ManiculeServer.start(arena.machine())));
        if (arena.hasPeers()) {
            all.add(contestant(Peers.NCHAN, effort, Waiting.POLLS.ofNchan(),
                    () -> Nchan.start(arena.machine(), arena.packages())));
        }
        return all;
    }

    private static Subject contestant(String name, RunSize effort, SubscribeDialect asking, Start start) {
        int size = effort.crowd();
        return new Fresh(name, () -> {
            try (PeerProcess server = start.server()) {
                try (SubscriberPool first = new SubscriberPool(server.port())) {
                    first.join(size / BEFORE);
                    for (int event = 0; event < EVENTS_BEFORE * effort.events(); event++) {
                        Waiting.gather(first, asking, server.port());
                        server.awaitQuiet(QUIET.dividedBy(5));
                        String marker = "before-" + event + "-";
                        long _ = first.deliver(asking.publish(marker), marker);
                    }
                }
                server.awaitQuiet(QUIET);
                long before = server.memoryBytes();
                try (SubscriberPool crowd = new SubscriberPool(server.port())) {
                    crowd.join(size);
                    Waiting.gather(crowd, asking, server.port());
                    server.awaitQuiet(QUIET);
                    long after = server.memoryBytes();
                    return Map.of(GROWTH, (double) (after - before) / size, TOTAL, after / 0x1p20);
                }
            }
        });
    }
}
