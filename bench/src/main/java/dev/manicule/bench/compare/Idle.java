package dev.manicule.bench.compare;

import dev.manicule.bench.load.SubscriberPool;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The cost of many parked polls while nothing happens. */
final class Idle implements Scenario {
    private static final Measure CPU = Measure.cost("CPU", "% of a core");
    private static final Duration QUIET = Duration.ofMillis(500);

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public String title() {
        return "Many parked polls and no traffic";
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Alone(CPU, 1));
    }

    @Override
    public List<Subject> subjects(Environment environment) throws Exception {
        PeerProcess server = ManiculeProcess.start(environment.machine());
        SubscriberPool pool = new SubscriberPool(server.port());
        pool.join(environment.runSize().subscribers());
        Waiting.gather(pool, Waiting.POLLS.ofManicule(), server.port());
        server.awaitQuiet(QUIET);
        return List.of(new Subject() {
            @Override
            public String name() {
                return MANICULE;
            }

            @Override
            public Map<Measure, Double> measure() throws Exception {
                long begin = System.nanoTime();
                long before = server.cpuNanos();
                Thread.sleep(environment.runSize().time().multipliedBy(2));
                return Map.of(CPU, 100.0 * (server.cpuNanos() - before) / (System.nanoTime() - begin));
            }

            @Override
            public void close() throws IOException {
                pool.close();
                server.close();
            }
        });
    }
}
