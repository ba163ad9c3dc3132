package dev.manicule.server.filter;

import dev.manicule.server.filter.Filter.And;
import dev.manicule.server.filter.Filter.Arithmetic;
import dev.manicule.server.filter.Filter.Arithmetic.Step;
import dev.manicule.server.filter.Filter.Comparison;
import dev.manicule.server.filter.Filter.Like;
import dev.manicule.server.filter.Filter.Listing;
import dev.manicule.server.filter.Filter.Literal;
import dev.manicule.server.filter.Filter.Node;
import dev.manicule.server.filter.Filter.Not;
import dev.manicule.server.filter.Filter.Operator;
import dev.manicule.server.filter.Filter.Or;
import dev.manicule.server.filter.Filter.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads filter expressions by recursive descent:
 *
 * <pre>
 * or         = and { "||" and }
 * and        = not { "&amp;&amp;" not }
 * not        = "!" not | comparison
 * comparison = sum [ ( "==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" | "LIKE" | "CONTAINS" | "IN" ) sum ]
 * sum        = product { ( "+" | "-" ) product }
 * product    = atom { ( "*" | "/" | "%" ) atom }
 * atom       = number | "-" atom | text | "true" | "false" | path | "(" or { "," or } ")"
 * path       = name { "." name | "[" number "]" | "[" text "]" }
 * </pre>
 *
 * Words in capitals may be written small. A text is in single or double quotes, with backslash escapes.
 *
 * <p>The depth of nesting is counted, and so is each part: no text of a client takes a deep stack or much memory. Terms
 * in a row ({@code 1 - 1 - 1}) are one list and no chain, so that they are not nested.
 */
final class FilterParser {
    /**
     * The most levels of nested parentheses, {@code !} and {@code -}: deeper than users write, and no danger to a
     * stack.
     */
    private static final int MOST_DEPTH = 100;
    private static final int PARTS_OF_A_LONG_COMPARISON = 10;
    private static final Map<String, Operator> SIGNS = Map.of("==", Operator.EQUAL, "!=", Operator.UNEQUAL, "<=",
            Operator.AT_MOST, ">=", Operator.AT_LEAST, "<", Operator.LESS, ">", Operator.GREATER);
    private static final Map<String, Operator> WORDS = Map.of("LIKE", Operator.LIKE, "CONTAINS", Operator.CONTAINS,
            "IN", Operator.IN);

    private final String text;
    private final int mostParts;
    private int at;
    private int depth;
    private int parts;
    private boolean readsData;

    FilterParser(String text, int mostParts) {
        this.text = text;
        this.mostParts = mostParts;
    }

    Filter parse() throws FilterException {
        Node root = or();
        skipSpace();
        if (at < text.length()) {
            throw expected("the end");
        }
        return new Filter(text, root, parts, readsData);
    }

    private Node or() throws FilterException {
        List<Node> parts = listed(this::and, "||");
        return parts.size() == 1 ? parts.getFirst() : new Or(parts);
    }

    private Node and() throws FilterException {
        List<Node> parts = listed(this::not, "&&");
        return parts.size() == 1 ? parts.getFirst() : new And(parts);
    }

    private Node not() throws FilterException {
        skipSpace();
        if (text.startsWith("!", at) && !text.startsWith("!=", at)) {
            at++;
            part();
            deeper();
            Node part = not();
            depth--;
            return new Not(part);
        }
        return comparison();
    }

    private Node comparison() throws FilterException {
        Node left = sum();
        Operator operator = operator();
        if (operator == null) {
            return left;
        }
        part();
        Node right = sum();
        if (isLong(operator, left, right)) {
            parts(PARTS_OF_A_LONG_COMPARISON - 1);
        }
        return operator == Operator.LIKE && right instanceof Literal(String pattern)
                ? new Like(left, new LikePattern(pattern))
                : new Comparison(operator, left, right);
    }

    private @Nullable Operator operator() {
        skipSpace();
        for (int length = 2; length > 0; length--) { // "<=" before "<"
            Operator operator = at + length > text.length() ? null : SIGNS.get(text.substring(at, at + length));
            if (operator != null) {
                at += length;
                return operator;
            }
        }
        int begin = at;
        Operator operator = WORDS.get(name().toUpperCase(Locale.ROOT));
        at = operator == null ? begin : at;
        return operator;
    }

    private Node sum() throws FilterException {
        return reckoned(this::product, "+-");
    }

    private Node product() throws FilterException {
        return reckoned(this::atom, "*/%");
    }

    /** A rule of the grammar. */
    @FunctionalInterface
    private interface Rule {
        Node read() throws FilterException;
    }

    private List<Node> listed(Rule operand, String separator) throws FilterException {
        List<Node> list = new ArrayList<>(1);
        list.add(operand.read());
        while (take(separator)) {
            part();
            list.add(operand.read());
        }
        return List.copyOf(list);
    }

    /** From left to right. */
    private Node reckoned(Rule operand, String signs) throws FilterException {
        Node first = operand.read();
        List<Step> steps = new ArrayList<>(0);
        for (char sign = peek(); signs.indexOf(sign) >= 0; sign = peek()) {
            at++;
            part();
            steps.add(new Step(sign, operand.read()));
        }
        return steps.isEmpty() ? first : new Arithmetic(first, List.copyOf(steps));
    }

    private Node atom() throws FilterException {
        part();
        char c = peek();
        if (c == '(') {
            return parenthesis();
        }
        if (c == '-') {
            at++;
            deeper();
            Node operand = atom();
            depth--;
            return operand instanceof Literal(Double number)
                    ? new Literal(0.0 - number)
                    : new Arithmetic(new Literal(0.0), List.of(new Step('-', operand)));
        }
        if (c == '\'' || c == '"') {
            return new Literal(quoted());
        }
        if (isDigit(c)) {
            return new Literal(number());
        }
        String name = name();
        return switch (name) {
            case "" -> throw expected("a value");
            case "true", "TRUE" -> new Literal(true);
            case "false", "FALSE" -> new Literal(false);
            default -> path(name);
        };
    }

    private Node parenthesis() throws FilterException {
        at++;
        deeper();
        List<Node> parts = listed(this::or, ",");
        if (!take(")")) {
            throw expected("a closing parenthesis");
        }
        depth--;
        return parts.size() == 1 ? parts.getFirst() : listing(parts);
    }

    private static Node listing(List<Node> parts) {
        List<Object> constants = new ArrayList<>(parts.size());
        for (Node part : parts) {
            if (!(part instanceof Literal(Object constant))) {
                return new Listing(parts);
            }
            constants.add(constant);
        }
        return new Literal(List.copyOf(constants)); // made once and not for each event
    }

    private Node path(String first) throws FilterException {
        List<Object> steps = new ArrayList<>();
        boolean rooted = first.equals("meta") || first.equals("data");
        if (!rooted) {
            steps.add(first);
        }
        readsData |= first.equals("data");
        while (true) {
            if (take(".")) {
                part();
                String name = name();
                if (name.isEmpty()) {
                    throw expected("a name");
                }
                steps.add(name);
            } else if (take("[")) {
                part();
                char c = peek();
                steps.add(c == '\'' || c == '"' ? quoted() : place());
                if (!take("]")) {
                    throw expected("a closing bracket");
                }
            } else {
                return new Path(first.equals("data"), List.copyOf(steps));
            }
        }
    }

    private Object place() throws FilterException {
        int begin = at;
        while (at < text.length() && isDigit(text.charAt(at)) && at - begin < 9) {
            at++;
        }
        if (at == begin) {
            throw expected("a whole number or a text");
        }
        return Integer.valueOf(text.substring(begin, at));
    }

    private Double number() throws FilterException {
        int begin = at;
        while (at < text.length() && (isDigit(text.charAt(at)) || ".eE".indexOf(text.charAt(at)) >= 0
                || ("+-".indexOf(text.charAt(at)) >= 0 && "eE".indexOf(text.charAt(at - 1)) >= 0))) {
            at++;
        }
        try {
            return Double.valueOf(text.substring(begin, at));
        } catch (NumberFormatException e) {
            at = begin;
            throw expected("a number");
        }
    }

    private String quoted() throws FilterException {
        char quote = text.charAt(at);
        StringBuilder content = new StringBuilder();
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                at = i + 1;
                return content.toString();
            }
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                c = text.charAt(i);
                if (c == '*') {
                    content.append('\\'); // LIKE takes it for a literal star
                }
            }
            content.append(c);
        }
        throw expected("a closing " + quote);
    }

    private String name() {
        skipSpace();
        int begin = at;
        while (at < text.length() && (Character.isLetter(text.charAt(at)) || text.charAt(at) == '_'
                || text.charAt(at) == '$' || (at > begin && isDigit(text.charAt(at))))) {
            at++;
        }
        return text.substring(begin, at);
    }

    private boolean take(String sign) {
        skipSpace();
        boolean there = text.startsWith(sign, at);
        at += there ? sign.length() : 0;
        return there;
    }

    private char peek() {
        skipSpace();
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /**
     * Whether the time of a comparison grows with the message: it searches in it, or compares one part with another.
     */
    private static boolean isLong(Operator operator, Node left, Node right) {
        return operator == Operator.LIKE || operator == Operator.CONTAINS
                || (!(left instanceof Literal) && !(right instanceof Literal));
    }

    private void part() throws FilterException {
        parts(1);
    }

    private void parts(int more) throws FilterException {
        parts += more;
        if (parts > mostParts) {
            throw new FilterException("more than " + mostParts + " parts, at character " + (at + 1), true);
        }
    }

    private void deeper() throws FilterException {
        depth++;
        if (depth > MOST_DEPTH) {
            throw new FilterException("nested too deeply, at character " + (at + 1));
        }
    }

    private FilterException expected(String what) {
        String found = at < text.length() ? "'" + Character.toString(text.codePointAt(at)) + "'" : "the end";
        return new FilterException("expected " + what + " at character " + (at + 1) + ", found " + found);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
