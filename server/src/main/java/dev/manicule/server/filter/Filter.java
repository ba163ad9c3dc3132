package dev.manicule.server.filter;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A filter expression, such as {@code lang == 'en' && data.size < 10}, parsed. It looks at what was published
 * ({@code data}) and at the meta beside it ({@code meta}; a name without either is one of meta).
 *
 * <p>
 * What is missing, and what is of another type than an operator wants, makes a comparison false, except that it is
 * always {@code !=}. Nothing makes an evaluation throw, and none takes longer than the sizes of the expression and of
 * the texts it compares, multiplied. Immutable, for any thread.
 */
public final class Filter {
    private final Node root;

    private Filter(Node root) {
        this.root = root;
    }

    /** The filter that a text says. */
    public static Filter parse(String text) throws FilterException {
        return new Filter(new FilterParser(text).parse());
    }

    /**
     * Whether something published passes.
     *
     * @param meta as {@code JsonReader.tree} gives it, null when there is none
     * @param data likewise
     */
    public boolean accepts(@Nullable Object meta, @Nullable Object data) {
        return root.holds(new Facts(meta, data));
    }

    /** What is looked at. */
    record Facts(@Nullable Object meta, @Nullable Object data) {}

    /** A part of an expression. A value is a text, a number, a boolean, a list or a map; null where there is none. */
    interface Node {
        @Nullable
        Object value(Facts facts);

        default boolean holds(Facts facts) {
            return Boolean.TRUE.equals(value(facts));
        }
    }

    /** A condition, which has a truth and no other value. */
    interface Condition extends Node {
        @Override
        boolean holds(Facts facts);

        @Override
        default Object value(Facts facts) {
            return holds(facts);
        }
    }

    /** A value that stands in the expression. */
    record Literal(Object constant) implements Node {
        @Override
        public Object value(Facts facts) {
            return constant;
        }
    }

    /** Something in meta or data: names of members, and places in lists, counted from 0. */
    record Path(boolean inData, List<Object> steps) implements Node {
        @Override
        public @Nullable Object value(Facts facts) {
            Object found = inData ? facts.data() : facts.meta();
            for (Object step : steps) {
                found = switch (found) {
                    case Map<?, ?> map when step instanceof String name -> map.get(name);
                    case List<?> list when step instanceof Integer place && place < list.size() -> list.get(place);
                    case null, default -> null;
                };
            }
            return found;
        }
    }

    record Or(List<Node> parts) implements Condition {
        @Override
        public boolean holds(Facts facts) {
            return parts.stream().anyMatch(part -> part.holds(facts));
        }
    }

    record And(List<Node> parts) implements Condition {
        @Override
        public boolean holds(Facts facts) {
            return parts.stream().allMatch(part -> part.holds(facts));
        }
    }

    record Not(Node part) implements Condition {
        @Override
        public boolean holds(Facts facts) {
            return !part.holds(facts);
        }
    }

    record Comparison(Operator operator, Node left, Node right) implements Condition {
        @Override
        public boolean holds(Facts facts) {
            Object a = left.value(facts);
            Object b = right.value(facts);
            return operator == Operator.UNEQUAL ? !equal(a, b) : a != null && b != null && compare(a, b);
        }

        private boolean compare(Object a, Object b) {
            return switch (operator) {
                case EQUAL -> equal(a, b);
                case UNEQUAL -> !equal(a, b);
                case LESS -> a instanceof Double x && b instanceof Double y && x < y;
                case AT_MOST -> a instanceof Double x && b instanceof Double y && x <= y;
                case GREATER -> a instanceof Double x && b instanceof Double y && x > y;
                case AT_LEAST -> a instanceof Double x && b instanceof Double y && x >= y;
                case LIKE -> a instanceof String text && b instanceof String pattern && like(text, pattern);
                case CONTAINS -> contains(a, b);
                case IN -> b instanceof List<?> list ? contains(list, a) : equal(a, b);
            };
        }

        private static boolean contains(Object whole, Object part) {
            return switch (whole) {
                case String text -> part instanceof String piece && text.contains(piece);
                case List<?> list -> list.stream().anyMatch(member -> equal(member, part));
                default -> false;
            };
        }

        private static boolean equal(@Nullable Object a, @Nullable Object b) {
            return a != null && b != null && !(a instanceof Map) && a.equals(b);
        }
    }

    /** Numbers reckoned with; nothing where one of them is none, or the result would be none. */
    record Arithmetic(char sign, Node left, Node right) implements Node {
        @Override
        public @Nullable Object value(Facts facts) {
            if (!(left.value(facts) instanceof Double a) || !(right.value(facts) instanceof Double b)) {
                return null;
            }
            double result = switch (sign) {
                case '+' -> a + b;
                case '-' -> a - b;
                case '*' -> a * b;
                case '/' -> a / b;
                default -> a % b;
            };
            return Double.isFinite(result) ? (Object) result : null;
        }
    }

    /** A list that stands in the expression. */
    record Listing(List<Node> parts) implements Node {
        @Override
        public Object value(Facts facts) {
            return parts.stream().map(part -> part.value(facts)).toList();
        }
    }

    /** How two values are compared. */
    enum Operator {
        EQUAL, UNEQUAL, LESS, AT_MOST, GREATER, AT_LEAST, LIKE, CONTAINS, IN
    }

    /** Whether a text is like a pattern, upper and lower case the same; {@code *} stands for anything, {@code \*} for itself. */
    private static boolean like(String text, String pattern) {
        List<String> pieces = LikePattern.pieces(pattern.toLowerCase(Locale.ROOT));
        String lower = text.toLowerCase(Locale.ROOT);
        String first = pieces.getFirst();
        String last = pieces.getLast();
        if (pieces.size() == 1) {
            return lower.equals(first);
        }
        if (lower.length() < first.length() + last.length() || !lower.startsWith(first) || !lower.endsWith(last)) {
            return false;
        }
        int from = first.length();
        int to = lower.length() - last.length();
        for (String piece : pieces.subList(1, pieces.size() - 1)) {
            int at = lower.indexOf(piece, from);
            if (at < 0 || at + piece.length() > to) {
                return false;
            }
            from = at + piece.length();
        }
        return true;
    }
}
