package dev.manicule.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Has works done, each by all its contestants in turns, some rounds. */
public final class Comparison {
    private final Arena arena;
    private final Consumer<String> says;
    private final Map<Work, Results> results = new LinkedHashMap<>();

    /**
     * A comparison.
     *
     * @param says told what is being done, a line each
     */
    public Comparison(Arena arena, Consumer<String> says) {
        this.arena = arena;
        this.says = says;
    }

    /** Has a work done. */
    public void run(Work work) throws Exception {
        says.accept(work.title());
        Results found = new Results();
        List<Contestant> contestants = work.contestants(arena);
        try {
            int rounds = work.isLong() ? 1 : arena.effort().rounds();
            for (int round = 0; round < rounds; round++) {
                List<Contestant> turn = new ArrayList<>(contestants);
                for (Contestant contestant : round % 2 == 0 ? turn : turn.reversed()) {
                    Map<Figure, Double> figures = contestant.measure();
                    found.add(contestant.name(), figures);
                    says.accept("  %d/%d %-14s %s".formatted(round + 1, rounds, contestant.name(),
                            Report.line(figures)));
                }
            }
        } finally {
            for (Contestant contestant : contestants) {
                contestant.close();
            }
        }
        results.put(work, found);
    }

    Map<Work, Results> results() {
        return results;
    }
}
