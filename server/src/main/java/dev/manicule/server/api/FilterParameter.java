package dev.manicule.server.api;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.routing.QueryParameters;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The filter expression of a subscription, in the parameter {@code filter-expr}. */
final class FilterParameter {
    private static final String NAME = "filter-expr";
    /** With pluses as pluses this would be a sum of three names: no filter has that without a space. */
    private static final Pattern SPACED_WORD = Pattern.compile("\\+(?:LIKE|CONTAINS|IN)\\+", Pattern.CASE_INSENSITIVE);

    private FilterParameter() {}

    /**
     * The filter of a query, null when it has none. Pluses count as spaces where the expression is none otherwise.
     *
     * @param mostParts how many operators, names and values it may have
     */
    static @Nullable Filter of(QueryParameters query, int mostParts) throws FilterException {
        List<String> readings = query.readings(NAME);
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
