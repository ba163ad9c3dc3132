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

    /** The table of the goals, and one of all figures. */
    public static String markdown(Comparison comparison, String where) {
        StringBuilder text = new StringBuilder(where).append("\n\n");
        text.append(
                "| work | figure | Manicule | against | | ratio | goal | |\n|---|---|---:|---|---:|---:|---:|---|\n");
        comparison.results().forEach((work, results) -> {
            for (Goal goal : work.goals()) {
                results.standing(goal).ifPresent(standing -> text.append(row(work, standing)));
            }
        });
        text.append("\nAll that was measured:\n\n| work | who | figures |\n|---|---|---|\n");
        comparison.results()
                .forEach((work, results) -> results.all()
                        .forEach((who, figures) -> text.append("| %s | %s | %s |%n".formatted(work.name(), who,
                                series(figures)))));
        return text.toString();
    }

    /** Short labels of a goal. */
    static List<String> labels(Scenario work, GoalResult standing) {
        List<String> parts = new ArrayList<>(List.of(work.name(), standing.goal().figure().name()));
        if (standing.goal() instanceof Goal.Beside(Measure _, String peer, double _)) {
            parts.add(peer);
        }
        return parts;
    }

    private static String row(Scenario work, GoalResult standing) {
        Goal goal = standing.goal();
        Measure figure = goal.figure();
        String against = switch (goal) {
            case Goal.Beside(Measure _, String peer, double _) -> peer;
            case Goal.Alone _ -> "";
            case Goal.Within(Measure _, Measure other, double _) -> other.name();
        };
        String theirs = standing.theirs() == null ? "" : text(standing.theirs(), figure);
        String ratio = goal instanceof Goal.Alone ? "" : "%.2f×".formatted(standing.ratio());
        String sign = figure.isCost() ? "≤" : "≥";
        String wanted = goal instanceof Goal.Alone(Measure _, double value)
                ? "%s %s %s".formatted(sign, number(value), figure.unit())
                : "%s %s×".formatted(sign, number(standing.wanted()));
        return "| %s | %s | %s | %s | %s | %s | %s | %s |%n".formatted(work.title(), figure.name(),
                text(standing.ours(), figure), against, theirs, ratio, wanted, standing.isReached() ? "✓" : "✗");
    }

    private static String text(Series series, Measure figure) {
        return "%s %s (±%.0f %%)".formatted(number(series.median()), figure.unit(), series.spread() * 50);
    }

    private static String series(Map<Measure, Series> figures) {
        return figures.entrySet()
                .stream()
                .map(entry -> "%s %s %s (%s to %s)".formatted(entry.getKey().name(), number(entry.getValue().median()),
                        entry.getKey().unit(), number(entry.getValue().least()), number(entry.getValue().most())))
                .sorted()
                .collect(Collectors.joining("; "));
    }

    /** Figures of one measurement, in a line. */
    static String line(Map<Measure, Double> figures) {
        Map<String, String> sorted = new TreeMap<>();
        figures.forEach((figure, value) -> sorted.put(figure.name(), number(value) + " " + figure.unit()));
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
