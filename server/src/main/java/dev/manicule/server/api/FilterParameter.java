package dev.manicule.server.api;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.routing.QueryParameters;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A filter expression in a parameter: {@code filter-expr} of a subscription, {@code filter} of a list. */
final class FilterParameter {
    /** That of a subscription. */
    static final String OF_SUBSCRIPTION = "filter-expr";
    /** That of a list. */
    static final String OF_LIST = "filter";
    /** With pluses as pluses this would be a sum of three names: no filter has that without a space. */
    private static final Pattern SPACED_WORD = Pattern.compile("\\+(?:LIKE|CONTAINS|IN)\\+", Pattern.CASE_INSENSITIVE);

    private FilterParameter() {}

    /**
     * The filter of a query, null when it has none. Pluses count as spaces where the expression is none otherwise.
     *
     * @param name of the parameter
     * @param mostParts how many operators, names and values it may have
     */
    static @Nullable Filter of(QueryParameters query, String name, int mostParts) throws FilterException {
        List<String> readings = query.readings(name);
        if (readings.isEmpty()) {
            return null;
        }
        String first = readings.getFirst();
        String other = readings.getLast();
        if (hasSpacedWord(first)) {
            return Filter.parse(other, mostParts);
        }
        try {
            return Filter.parse(first, mostParts);
        } catch (FilterException e) {
            if (readings.size() == 1 || e.isTooLong()) {
                throw e;
            }
            return Filter.parse(other, mostParts);
        }
    }

    /** Whether a word of an expression, outside its texts, is between pluses. */
    private static boolean hasSpacedWord(String expression) {
        Matcher word = SPACED_WORD.matcher(expression);
        char quote = 0; // with which the present text began
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
                i += c == '\\' ? 1 : 0;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '+' && word.region(i, expression.length()).lookingAt()) {
                return true;
            }
        }
        return false;
    }
}
