package dev.manicule.bench.compare;

import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.PeerProcess;
import java.util.List;
import java.util.Map;

/** The time from the command to the first response, on a new folder. */
final class Start implements Scenario {
    private static final Measure START = Measure.cost("start to first answer", "s");

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String title() {
        return "Starting";
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Alone(START, 0.8));
    }

    @Override
    public List<Subject> subjects(Environment environment) {
        return List.of(new Fresh(Subject.MANICULE, () -> {
            try (PeerProcess server = ManiculeProcess.start(environment.machine())) {
                return Map.of(START, server.startNanos() / 1e9);
            }
        }));
    }
}
