package dev.manicule.bench.compare;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The measurements of one scenario: by subject, by measure. */
final class Results {
    private final Map<String, Map<Measure, Series>> bySubject = new LinkedHashMap<>();

    void add(String subject, Map<Measure, Double> measures) {
        Map<Measure, Series> all = bySubject.computeIfAbsent(subject, name -> new LinkedHashMap<>());
        measures.forEach((measure, value) -> all.computeIfAbsent(measure, name -> new Series()).add(value));
    }

    Map<String, Map<Measure, Series>> all() {
        return bySubject;
    }

    Optional<Series> of(String subject, Measure measure) {
        return Optional.ofNullable(bySubject.getOrDefault(subject, Map.of()).get(measure));
    }

    /** The result for a goal; empty when its measure was not measured. */
    Optional<GoalResult> goalResult(Goal goal) {
        return of(Subject.MANICULE, goal.measure()).flatMap(ours -> switch (goal) {
            case Goal.Beside(Measure measure, String peer, double ratio) -> of(peer, measure)
                    .map(theirs -> new GoalResult(goal, ours, theirs, ours.median() / theirs.median(), ratio));
            case Goal.Alone(Measure _, double value) -> Optional
                    .of(new GoalResult(goal, ours, null, ours.median() / value, 1));
            case Goal.Within(Measure _, Measure other, double ratio) -> of(Subject.MANICULE, other)
                    .map(base -> new GoalResult(goal, ours, base, ours.median() / base.median(), ratio));
        });
    }
}
