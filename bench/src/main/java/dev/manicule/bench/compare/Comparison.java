package dev.manicule.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs scenarios, each with all its subjects in turns, for some rounds. */
public final class Comparison {
    private final Environment arena;
    private final Consumer<String> says;
    private final Map<Scenario, Results> results = new LinkedHashMap<>();

    /**
     * A comparison.
     *
     * @param says receives a line for each step
     */
    public Comparison(Environment arena, Consumer<String> says) {
        this.arena = arena;
        this.says = says;
    }

    /** Runs a scenario. */
    public void run(Scenario work) throws Exception {
        says.accept(work.title());
        Results found = new Results();
        List<Subject> contestants = work.contestants(arena);
        try {
            int rounds = work.isLong() ? 1 : arena.effort().rounds();
            for (int round = 0; round < rounds; round++) {
                List<Subject> turn = new ArrayList<>(contestants);
                for (Subject contestant : round % 2 == 0 ? turn : turn.reversed()) {
                    Map<Measure, Double> figures = contestant.measure();
                    found.add(contestant.name(), figures);
                    says.accept("  %d/%d %-14s %s".formatted(round + 1, rounds, contestant.name(),
                            Report.line(figures)));
                }
            }
        } finally {
            for (Subject contestant : contestants) {
                contestant.close();
            }
        }
        results.put(work, found);
    }

    Map<Scenario, Results> results() {
        return results;
    }
}
