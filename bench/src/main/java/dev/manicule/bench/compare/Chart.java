package dev.manicule.bench.compare;

import java.util.ArrayList;
import java.util.List;

/** How far Manicule is ahead of each goal, or behind, as an SVG: a bar to the right is ahead. */
public final class Chart {
    private static final int ROW = 22;
    private static final int LABELS = 430;
    private static final int HALF = 220;
    private static final int MARGIN = 40;
    private static final double WIDEST = 10;

    private Chart() {}

    /** One bar for each goal that was measured, on a logarithmic scale. */
    public static String svg(Comparison comparison) {
        List<String> rows = new ArrayList<>();
        comparison.results().forEach((scenario, results) -> {
            for (Goal goal : scenario.goals()) {
                results.goalResult(goal)
                        .ifPresent(result -> rows.add(row(rows.size(), Report.labels(scenario, result), result)));
            }
        });
        int width = LABELS + 2 * HALF + MARGIN;
        int height = MARGIN * 2 + rows.size() * ROW;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
                <rect width="%1$d" height="%2$d" fill="#fff"/>
                <text x="%3$d" y="24" text-anchor="middle">the goal</text>
                <text x="%4$d" y="24" text-anchor="end">10 times behind</text>
                <text x="%5$d" y="24" text-anchor="end">10 times ahead</text>
                %6$s<path d="M%3$d 30V%7$d" stroke="#333"/>
                </svg>
                """.formatted(width, height, LABELS + HALF, LABELS + 95, LABELS + 2 * HALF, String.join("", rows),
                height - 20);
    }

    private static String row(int index, List<String> labels, GoalResult result) {
        double part = Math.log(result.margin()) / Math.log(WIDEST);
        int length = (int) Math.round(Math.clamp(part, -1, 1) * HALF);
        int y = MARGIN + index * ROW;
        return """
                <text x="%d" y="%d" text-anchor="end">%s</text>
                <rect x="%d" y="%d" width="%d" height="14" fill="%s"/>
                """.formatted(LABELS - 10, y + 12, String.join(" · ", labels),
                LABELS + HALF + Math.min(length, 0), y + 1, Math.max(Math.abs(length), 1),
                result.isReached() ? "#2a7f62" : "#c4572b");
    }
}
