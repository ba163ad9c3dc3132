package dev.manicule.bench.compare;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The measurements of one scenario: by subject, by measure. */
final class Results {
    private final Map<String, Map<Measure, Series>> byContestant = new LinkedHashMap<>();

    void add(String contestant, Map<Measure, Double> figures) {
        Map<Measure, Series> all = byContestant.computeIfAbsent(contestant, name -> new LinkedHashMap<>());
        figures.forEach((figure, value) -> all.computeIfAbsent(figure, name -> new Series()).add(value));
    }

    Map<String, Map<Measure, Series>> all() {
        return byContestant;
    }

    Optional<Series> of(String contestant, Measure figure) {
        return Optional.ofNullable(byContestant.getOrDefault(contestant, Map.of()).get(figure));
    }

    /** The result for a goal; empty when its measure was not measured. */
    Optional<GoalResult> standing(Goal goal) {
        return of(Subject.MANICULE, goal.figure()).flatMap(ours -> switch (goal) {
            case Goal.Beside(Measure figure, String peer, double ratio) -> of(peer, figure)
                    .map(theirs -> new GoalResult(goal, ours, theirs, ours.median() / theirs.median(), ratio));
            case Goal.Alone(Measure _, double value) -> Optional
                    .of(new GoalResult(goal, ours, null, ours.median() / value, 1));
            case Goal.Within(Measure _, Measure other, double ratio) -> of(Subject.MANICULE, other)
                    .map(base -> new GoalResult(goal, ours, base, ours.median() / base.median(), ratio));
        });
    }
}
