package dev.manicule.bench.compare;

import dev.manicule.bench.load.Crowd;
import dev.manicule.bench.peer.ManiculeServer;
import dev.manicule.bench.peer.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a crowd of parked polls costs while nothing happens. */
final class Idle implements Work {
    private static final Figure CPU = Figure.cost("CPU", "% of a core");
    private static final Duration QUIET = Duration.ofMillis(500);

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public String title() {
        return "A crowd of parked polls and no traffic";
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Alone(CPU, 1));
    }

    @Override
    public List<Contestant> contestants(Arena arena) throws Exception {
        ServerProcess server = ManiculeServer.start(arena.machine());
        Crowd crowd = new Crowd(server.port());
        crowd.join(arena.effort().crowd());
        Waiting.gather(crowd, Waiting.POLLS.ofManicule(), server.port());
        server.awaitQuiet(QUIET);
        return List.of(new Contestant() {
            @Override
            public String name() {
                return MANICULE;
            }

            @Override
            public Map<Figure, Double> measure() throws Exception {
                long begin = System.nanoTime();
                long before = server.cpuNanos();
                Thread.sleep(arena.effort().time().multipliedBy(2));
                return Map.of(CPU, 100.0 * (server.cpuNanos() - before) / (System.nanoTime() - begin));
            }

            @Override
            public void close() throws IOException {
                crowd.close();
                server.close();
            }
        });
    }
}
