package dev.manicule.bench.sizing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table of measures, as the page has it.
 *
 * @param title the line above it
 * @param head the names of its columns
 * @param rows its cells
 */
public record SizingTable(String title, List<String> head, List<List<String>> rows) {
    /** Copies both. */
    public SizingTable {
        head = List.copyOf(head);
        rows = List.copyOf(rows);
    }

    /** As Markdown, with a line end. Columns of numbers are aligned right. */
    public String markdown() {
        List<String> lines = new ArrayList<>(List.of(title, "", line(head),
                "|---|" + "---:|".repeat(head.size() - 1)));
        rows.forEach(row -> lines.add(line(row)));
        return String.join("\n", lines) + "\n";
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    /** A number with three significant digits; a dash for none. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        if (size < 0.005) {
            return "0";
        }
        String format = size < 1 ? "%.2f" : size < 100 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, format, size < 1_000 ? value : rounded(value));
    }

    private static double rounded(double value) {
        double step = Math.pow(10, Math.floor(Math.log10(Math.abs(value))) - 2);
        return Math.rint(value / step) * step;
    }

    /** Bytes as MiB. */
    static String mebibytes(long bytes) {
        return number((double) bytes / (1 << 20));
    }
}
