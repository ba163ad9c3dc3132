package dev.manicule.server.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A filter expression, such as {@code lang == 'en' && data.size < 10}, parsed. It reads the published data
 * ({@code data}) and the meta beside it ({@code meta}; a name without either is one of meta).
 *
 * <p>A value that is missing, or of another type than an operator needs, makes a comparison false, except that it is
 * always {@code !=}. Nothing makes an evaluation throw; it takes at most the number of parts times the length of its
 * input, and a stack that is bounded by how deep an expression may be nested. Equal when written alike. Immutable, for
 * any thread.
 */
public final class Filter {
    private static final int BYTES_OF_A_PART = 80;
    /** The expression as it was written, its texts, and those in lower case. */
    private static final int COPIES_OF_TEXT = 3;

    private final String text;
    private final Node root;
    private final int parts;
    private final boolean readsData;

    Filter(String text, Node root, int parts, boolean readsData) {
        this.text = text;
        this.root = root;
        this.parts = parts;
        this.readsData = readsData;
    }

    /**
     * The filter of an expression.
     *
     * @param mostParts how many operators, names and values it may have
     */
    public static Filter parse(String text, int mostParts) throws FilterException {
        return new FilterParser(text, mostParts).parse();
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    /** How many operators, names and values it has. */
    public int parts() {
        return parts;
    }

    /** Whether it reads the published data, and not only the meta. */
    public boolean readsData() {
        return readsData;
    }

    /** About how many bytes of memory it holds. */
    public long weight() {
        return (long) COPIES_OF_TEXT * Character.BYTES * text.length() + (long) BYTES_OF_A_PART * parts;
    }

    /** Whether a published event passes. */
    public boolean accepts(FilterInput input) {
        input.spend(parts);
        return root.holds(input);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Filter filter && text.equals(filter.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** A part of an expression. A value is a text, a number, a boolean, a list or a map; null where there is none. */
    interface Node {
        @Nullable
        Object value(FilterInput input);

        default boolean holds(FilterInput input) {
            return Boolean.TRUE.equals(value(input));
        }
    }

    /** A condition, whose value is a boolean. */
    interface Condition extends Node {
        @Override
        boolean holds(FilterInput input);

        @Override
        default Object value(FilterInput input) {
            return holds(input);
        }
    }

    /** A literal value of the expression. */
    record Literal(Object constant) implements Node {
        @Override
        public Object value(FilterInput input) {
            return constant;
        }
    }

    /** A path into meta or data: names of members, and indexes of lists, counted from 0. */
    record Path(boolean inData, List<Object> steps) implements Node {
        @Override
        public @Nullable Object value(FilterInput input) {
            Object found = inData ? input.data() : input.meta();
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
        public boolean holds(FilterInput input) {
            for (Node part : parts) {
                if (part.holds(input)) {
                    return true;
                }
            }
            return false;
        }
    }

    record And(List<Node> parts) implements Condition {
        @Override
        public boolean holds(FilterInput input) {
            for (Node part : parts) {
                if (!part.holds(input)) {
                    return false;
                }
            }
            return true;
        }
    }

    record Not(Node part) implements Condition {
        @Override
        public boolean holds(FilterInput input) {
            return !part.holds(input);
        }
    }

    /** A {@code LIKE} whose pattern is a literal, prepared once. */
    record Like(Node left, LikePattern pattern) implements Condition {
        @Override
        public boolean holds(FilterInput input) {
            return left.value(input) instanceof String text && Comparison.like(text, pattern, input);
        }
    }

    record Comparison(Operator operator, Node left, Node right) implements Condition {
        @Override
        public boolean holds(FilterInput input) {
            Object a = left.value(input);
            Object b = right.value(input);
            return operator == Operator.UNEQUAL ? !equal(a, b, input) : a != null && b != null && compare(a, b, input);
        }

        private boolean compare(Object a, Object b, FilterInput input) {
            return switch (operator) {
                case EQUAL -> equal(a, b, input);
                case UNEQUAL -> !equal(a, b, input);
                case LESS -> isOrdered(a, b, order -> order < 0, input);
                case AT_MOST -> isOrdered(a, b, order -> order <= 0, input);
                case GREATER -> isOrdered(a, b, order -> order > 0, input);
                case AT_LEAST -> isOrdered(a, b, order -> order >= 0, input);
                case LIKE -> a instanceof String text && b instanceof String pattern
                        && like(text, new LikePattern(pattern), input);
                case CONTAINS -> contains(a, b, input);
                case IN -> b instanceof List<?> list ? contains(list, a, input) : equal(a, b, input);
            };
        }

        private static boolean isOrdered(Object a, Object b, IntPredicate isWanted, FilterInput input) {
            if (a instanceof Double x && b instanceof Double y) {
                return isWanted.test(x < y ? -1 : x > y ? 1 : 0);
            }
            if (input.sortsTexts() && a instanceof String text && b instanceof String other) {
                input.spend(Math.min(text.length(), other.length()));
                return isWanted.test(text.compareTo(other));
            }
            return false;
        }

        private static boolean contains(Object whole, Object part, FilterInput input) {
            return switch (whole) {
                case String text -> part instanceof String piece && contains(text, piece, input);
                case List<?> list -> contains(list, part, input);
                default -> false;
            };
        }

        private static boolean contains(String text, String piece, FilterInput input) {
            input.spend((long) text.length() + piece.length());
            return TextSearch.find(text, 0, text.length(), piece, 0, piece.length()) >= 0;
        }

        private static boolean contains(List<?> list, Object part, FilterInput input) {
            input.spend(list.size());
            for (Object member : list) {
                if (equal(member, part, input)) {
                    return true;
                }
            }
            return false;
        }

        static boolean like(String text, LikePattern pattern, FilterInput input) {
            input.spend((long) text.length() + pattern.length());
            return pattern.matches(input.lower(text));
        }

        private static boolean equal(@Nullable Object a, @Nullable Object b, FilterInput input) {
            if (a == null || b == null || a instanceof Map) {
                return false;
            }
            if (a instanceof String text && b instanceof String other && text.length() == other.length()) {
                input.spend(text.length());
            } else if (a instanceof List && b instanceof List) {
                input.spend(input.bytes());
            }
            return a.equals(b);
        }
    }

    /**
     * Arithmetic on numbers, from left to right; no result where an operand is no number, or a result would be none. A
     * sum of many terms is one node, so that it takes no deeper a stack than a short one.
     */
    record Arithmetic(Node first, List<Step> steps) implements Node {
        /** An operation on the number so far, and its operand. */
        record Step(char sign, Node operand) {}

        @Override
        public @Nullable Object value(FilterInput input) {
            Object result = first.value(input);
            for (Step step : steps) {
                if (!(result instanceof Double a) || !(step.operand().value(input) instanceof Double b)) {
                    return null;
                }
                double next = switch (step.sign()) {
                    case '+' -> a + b;
                    case '-' -> a - b;
                    case '*' -> a * b;
                    case '/' -> a / b;
                    default -> a % b;
                };
                result = Double.isFinite(next) ? (Object) next : null;
            }
            return result;
        }
    }

    /** A literal list of the expression. */
    record Listing(List<Node> parts) implements Node {
        @Override
        public Object value(FilterInput input) {
            List<@Nullable Object> values = new ArrayList<>(parts.size());
            for (Node part : parts) {
                values.add(part.value(input));
            }
            return values;
        }
    }

    /** The comparisons of two values. */
    enum Operator {
        EQUAL, UNEQUAL, LESS, AT_MOST, GREATER, AT_LEAST, LIKE, CONTAINS, IN
    }
}
