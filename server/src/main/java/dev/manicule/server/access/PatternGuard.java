package dev.manicule.server.access;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps patterns from the compiler of regular expressions that it can't handle, though compiled patterns match in
 * linear time. The compiler expands counted repetitions: {@code (?:(?:a{100}){100}){100}} is a million letters. And
 * where case is to be ignored, RE2/J 1.8 never comes to an end of letters such as U+1C80 on a newer Java (its issue
 * 168).
 */
final class PatternGuard {
    /**
     * More letters than any name needs. Each takes some hundred bytes when compiled, and a match of a name may take so
     * many steps for each of its letters.
     */
    static final long MOST = 2_000;
    /** The compiler makes hundreds of ranges of a class of Unicode. */
    private static final int UNICODE_CLASS = 20;
    /** A class has many ranges, or few. */
    private static final int TEXT_OF_A_RANGE = 8;
    private static final int DEEPEST = 100;
    private static final Pattern REPETITIONS = Pattern.compile("(\\d+)(?:,(\\d*))?\\}");
    /** Wherever it occurs: no pattern needs it where it means something else. */
    private static final Pattern IGNORES_CASE = Pattern.compile("\\(\\?[A-Za-z-]*i");

    private final String pattern;
    private final Deque<Long> outer = new ArrayDeque<>();
    /** The size of the group so far, without its last atom. */
    private long before;
    private long last;
    private int at;

    private PatternGuard(String pattern) {
        this.pattern = pattern;
    }

    /** The fault of a pattern, in one sentence; null when it can be compiled. */
    static @Nullable String fault(String pattern) {
        if (size(pattern) > MOST) {
            return "Too large: write it with fewer repetitions and groups.";
        }
        return IGNORES_CASE.matcher(pattern).find() ? "Case can't be ignored: write [aA] instead of (?i)a." : null;
    }

    /** How many letters a pattern is, never too few; above {@link #MOST} no more than that. */
    static long size(String pattern) {
        return pattern.length() > MOST ? MOST + 1 : new PatternGuard(pattern).size();
    }

    /** How many letters it is, never too few; above {@link #MOST} no more than that. */
    private long size() {
        while (at < pattern.length() && before + last <= MOST && outer.size() <= DEEPEST) {
            char c = pattern.charAt(at++);
            switch (c) {
                case '\\' -> escape();
                case '[' -> atom(charClass());
                case '(' -> {
                    outer.push(before + last);
                    before = 0;
                    last = 0;
                }
                case ')' -> {
                    long group = before + last;
                    before = outer.isEmpty() ? 0 : outer.pop();
                    last = group;
                }
                case '{' -> {
                    int most = repetitions();
                    if (most < 0) {
                        atom(1);
                    } else {
                        last = Math.max(last, 1) * Math.max(most, 1);
                    }
                }
                default -> atom(1);
            }
        }
        long open = outer.stream().mapToLong(Long::longValue).sum();
        return outer.size() > DEEPEST ? MOST + 1 : open + before + last;
    }

    private void atom(long size) {
        before += last;
        last = size;
    }

    private long charClass() {
        int start = at;
        long size = 1;
        if (at < pattern.length() && pattern.charAt(at) == '^') {
            at++;
        }
        int first = at; // a bracket in the first place is literal
        while (at < pattern.length() && (at == first || pattern.charAt(at) != ']')) {
            if (pattern.charAt(at) == '\\') {
                size += isUnicodeClass(at + 1) ? UNICODE_CLASS : 0;
                at++;
            }
            at++;
        }
        at++;
        return size + (at - start) / TEXT_OF_A_RANGE;
    }

    private boolean isUnicodeClass(int index) {
        return index < pattern.length() && (pattern.charAt(index) | 0x20) == 'p';
    }

    /** One character, or all up to {@code \\E} after {@code \\Q}. */
    private void escape() {
        if (!pattern.startsWith("Q", at)) {
            atom(isUnicodeClass(at) ? UNICODE_CLASS : 1);
            at++;
            return;
        }
        int end = pattern.indexOf("\\E", at);
        atom(Math.max(1, (end < 0 ? pattern.length() : end) - at));
        at = end < 0 ? pattern.length() : end + 2;
    }

    /** The larger of the numbers in braces, after reading past them; −1 where the brace is literal. */
    private int repetitions() {
        Matcher braces = REPETITIONS.matcher(pattern).region(at, pattern.length());
        if (!braces.lookingAt()) {
            return -1;
        }
        at = braces.end();
        return Math.max(number(braces.group(1)), number(braces.group(2)));
    }

    private static int number(@Nullable String digits) {
        if (digits == null || digits.isEmpty()) {
            return 0;
        }
        return digits.length() > 5 ? (int) MOST + 1 : Integer.parseInt(digits);
    }
}
