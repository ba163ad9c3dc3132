package dev.manicule.bench.compare;

import dev.manicule.bench.load.Crowd;
import dev.manicule.bench.peer.ManiculeServer;
import dev.manicule.bench.peer.Nchan;
import dev.manicule.bench.peer.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
        List<Contestant> all = new ArrayList<>();
        all.add(contestant(Contestant.MANICULE, ManiculeServer.start(arena.machine()), Waiting.POLLS.ofManicule(),
                arena));
        if (arena.hasPeers()) {
            all.add(contestant(Peers.NCHAN, Nchan.start(arena.machine(), arena.packages()), Waiting.POLLS.ofNchan(),
                    arena));
        }
        return all;
    }

    private static Contestant contestant(String name, ServerProcess server, Asking asking, Arena arena)
            throws Exception {
        Crowd crowd = new Crowd(server.port());
        crowd.join(arena.effort().crowd());
        Waiting.gather(crowd, asking, server.port());
        server.awaitQuiet(QUIET);
        return new Contestant() {
            @Override
            public String name() {
                return name;
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
        };
    }
}
