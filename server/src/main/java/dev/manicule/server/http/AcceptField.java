package dev.manicule.server.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The types of content that a client accepts (RFC 9110, 12.5.1): whether it prefers one name of JSON to the other. */
final class AcceptField {
    /** The ranges that contain a type, the most specific one last. */
    private static final List<String> JSON = List.of("*/*", "application/*", "application/json");
    private static final List<String> SCRIPT = List.of("*/*", "text/*", "text/javascript");
    private static final Pattern WEIGHT = Pattern.compile("0(\\.\\d{0,3})?|1(\\.0{0,3})?");
    private static final double UNKNOWN = -1;

    private AcceptField() {}

    /**
     * Whether {@code application/json} is what a client wants rather than {@code text/javascript}: it gives the former
     * the higher weight, or the same and names it. So {@code *}{@code /*} prefers neither.
     *
     * @param lines the values of the field, one for each time that it was sent
     */
    static boolean prefersJson(List<String> lines) {
        double[] json = {UNKNOWN, UNKNOWN, UNKNOWN};
        double[] script = {UNKNOWN, UNKNOWN, UNKNOWN};
        for (String line : lines) {
            String ranges = line.toLowerCase(Locale.ROOT);
            if (!ranges.contains("application/") && !ranges.contains("text/")) {
                continue; // as nearly every client has it, for which nothing is parsed
            }
            for (String range : ranges.split(",", -1)) {
                int end = range.indexOf(';');
                String type = (end < 0 ? range : range.substring(0, end)).strip();
                double weight = end < 0 ? 1 : weight(range.substring(end + 1));
                note(JSON.indexOf(type), weight, json);
                note(SCRIPT.indexOf(type), weight, script);
            }
        }
        double ofJson = mostSpecific(json);
        double ofScript = mostSpecific(script);
        boolean isNamed = json[2] > 0;
        return isNamed ? ofJson >= ofScript : ofJson > ofScript;
    }

    private static void note(int at, double weight, double[] weights) {
        if (at >= 0) {
            weights[at] = Math.max(weights[at], weight);
        }
    }

    private static double mostSpecific(double[] weights) {
        for (int i = weights.length - 1; i >= 0; i--) {
            if (weights[i] != UNKNOWN) {
                return weights[i];
            }
        }
        return 0;
    }

    /** The weight among parameters: 1 without one; a malformed one makes its range unknown. */
    private static double weight(String parameters) {
        for (String parameter : parameters.split(";", -1)) {
            String text = parameter.strip();
            if (text.startsWith("q=")) {
                String weight = text.substring(2).strip();
                return WEIGHT.matcher(weight).matches() ? Double.parseDouble(weight) : UNKNOWN;
            }
        }
        return 1;
    }
}
