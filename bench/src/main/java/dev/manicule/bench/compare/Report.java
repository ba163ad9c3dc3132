package dev.manicule.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The result of a comparison, as Markdown. */
public final class Report {
    private Report() {}

    /** The table of the goals, and one of all measures. */
    public static String markdown(Comparison comparison, String where) {
        StringBuilder text = new StringBuilder(where).append("\n\n");
        text.append(
                "| scenario | measure | Manicule | against | | ratio | goal | |\n|---|---|---:|---|---:|---:|---:|---|\n");
        comparison.results().forEach((scenario, results) -> {
            for (Goal goal : scenario.goals()) {
                results.goalResult(goal).ifPresent(result -> text.append(row(scenario, result)));
            }
        });
        text.append("\nAll that was measured:\n\n| scenario | subject | measures |\n|---|---|---|\n");
        comparison.results()
                .forEach((scenario, results) -> results.all()
                        .forEach((subject, measures) -> text
                                .append("| %s | %s | %s |%n".formatted(scenario.name(), subject,
                                        series(measures)))));
        return text.toString();
    }

    /** Short labels of a goal. */
    static List<String> labels(Scenario scenario, GoalResult result) {
        List<String> parts = new ArrayList<>(List.of(scenario.name(), result.goal().measure().name()));
        if (result.goal() instanceof Goal.Beside(Measure _, String peer, double _)) {
            parts.add(peer);
        }
        return parts;
    }

    private static String row(Scenario scenario, GoalResult result) {
        Goal goal = result.goal();
        Measure measure = goal.measure();
        String against = switch (goal) {
            case Goal.Beside(Measure _, String peer, double _) -> peer;
            case Goal.Alone _ -> "";
            case Goal.Within(Measure _, Measure other, double _) -> other.name();
        };
        String theirs = result.theirs() == null ? "" : text(result.theirs(), measure);
        String ratio = goal instanceof Goal.Alone ? "" : "%.2f×".formatted(result.ratio());
        String sign = measure.isCost() ? "≤" : "≥";
        String wanted = goal instanceof Goal.Alone(Measure _, double value)
                ? "%s %s %s".formatted(sign, number(value), measure.unit())
                : "%s %s×".formatted(sign, number(result.wanted()));
        return "| %s | %s | %s | %s | %s | %s | %s | %s |%n".formatted(scenario.title(), measure.name(),
                text(result.ours(), measure), against, theirs, ratio, wanted, result.isReached() ? "✓" : "✗");
    }

    private static String text(Series series, Measure measure) {
        return "%s %s (±%.0f %%)".formatted(number(series.median()), measure.unit(), series.spread() * 50);
    }

    private static String series(Map<Measure, Series> measures) {
        return measures.entrySet()
                .stream()
                .map(entry -> "%s %s %s (%s to %s)".formatted(entry.getKey().name(), number(entry.getValue().median()),
                        entry.getKey().unit(), number(entry.getValue().least()), number(entry.getValue().most())))
                .sorted()
                .collect(Collectors.joining("; "));
    }

    /** Figures of one measurement, in a line. */
    static String line(Map<Measure, Double> measures) {
        Map<String, String> sorted = new TreeMap<>();
        measures.forEach((measure, value) -> sorted.put(measure.name(), number(value) + " " + measure.unit()));
        return sorted.entrySet()
                .stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Three significant digits or more. */
    public static String number(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
        String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }
}
