package dev.manicule.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs scenarios, each with all its subjects in turns, for some rounds. */
public final class Comparison {
    private final Environment environment;
    private final Consumer<String> says;
    private final Map<Scenario, Results> results = new LinkedHashMap<>();

    /**
     * A comparison.
     *
     * @param says receives a line for each step
     */
    public Comparison(Environment environment, Consumer<String> says) {
        this.environment = environment;
        this.says = says;
    }

    /** Runs a scenario. */
    public void run(Scenario scenario) throws Exception {
        says.accept(scenario.title());
        Results found = new Results();
        List<Subject> subjects = scenario.subjects(environment);
        try {
            int rounds = scenario.isLong() ? 1 : environment.runSize().rounds();
            for (int round = 0; round < rounds; round++) {
                List<Subject> turn = new ArrayList<>(subjects);
                for (Subject subject : round % 2 == 0 ? turn : turn.reversed()) {
                    Map<Measure, Double> measures = subject.measure();
                    found.add(subject.name(), measures);
                    says.accept("  %d/%d %-14s %s".formatted(round + 1, rounds, subject.name(),
                            Report.line(measures)));
                }
            }
        } finally {
            for (Subject subject : subjects) {
                subject.close();
            }
        }
        results.put(scenario, found);
    }

    Map<Scenario, Results> results() {
        return results;
    }
}
