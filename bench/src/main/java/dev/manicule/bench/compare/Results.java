package dev.manicule.bench.compare;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was measured in one work: by contestant, by figure. */
final class Results {
    private final Map<String, Map<Figure, Series>> byContestant = new LinkedHashMap<>();

    void add(String contestant, Map<Figure, Double> figures) {
        Map<Figure, Series> all = byContestant.computeIfAbsent(contestant, name -> new LinkedHashMap<>());
        figures.forEach((figure, value) -> all.computeIfAbsent(figure, name -> new Series()).add(value));
    }

    Map<String, Map<Figure, Series>> all() {
        return byContestant;
    }

    Optional<Series> of(String contestant, Figure figure) {
        return Optional.ofNullable(byContestant.getOrDefault(contestant, Map.of()).get(figure));
    }

    /** How it stands with a goal; empty when what it is about was not measured. */
    Optional<Standing> standing(Goal goal) {
        return of(Contestant.MANICULE, goal.figure()).flatMap(ours -> switch (goal) {
            case Goal.Beside(Figure figure, String peer, double ratio) -> of(peer, figure)
                    .map(theirs -> new Standing(goal, ours, theirs, ours.median() / theirs.median(), ratio));
            case Goal.Alone(Figure _, double value) -> Optional
                    .of(new Standing(goal, ours, null, ours.median() / value, 1));
            case Goal.Within(Figure _, Figure other, double ratio) -> of(Contestant.MANICULE, other)
                    .map(base -> new Standing(goal, ours, base, ours.median() / base.median(), ratio));
        });
    }
}
