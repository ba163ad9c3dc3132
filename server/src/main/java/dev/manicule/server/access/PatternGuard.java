package dev.manicule.server.access;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Keeps away from the compiler of regular expressions what it can't bear, though it matches in linear time what it has
 * compiled. It writes counted repetitions out: {@code (?:(?:a{100}){100}){100}} is a million letters. And where case is
 * to be ignored, RE2/J 1.8 never comes to an end of letters such as U+1C80 on a newer Java (its issue 168).
 */
final class PatternGuard {
    /** More than any name needs; compiled, some hundred kilobytes. */
    private static final long MOST = 10_000;
    private static final int DEEPEST = 100;

    private final String pattern;
    private final Deque<Long> outer = new ArrayDeque<>();
    /** What stands in the group so far, without its last atom. */
    private long before;
    private long last;
    private int at;

    private boolean ignoresCase;

    private PatternGuard(String pattern) {
        this.pattern = pattern;
    }

    /** What is wrong with a pattern, in one sentence; null when it can be compiled. */
    static @Nullable String fault(String pattern) {
        PatternGuard guard = new PatternGuard(pattern);
        if (pattern.length() > MOST || guard.size() > MOST) {
            return "Too large: write it with fewer repetitions and groups.";
        }
        return guard.ignoresCase ? "Case can't be ignored: write [aA] instead of (?i)a." : null;
    }

    /** How many letters it is, never too few; above {@link #MOST} no more than that. */
    private long size() {
        while (at < pattern.length() && before + last <= MOST && outer.size() <= DEEPEST) {
            char c = pattern.charAt(at++);
            switch (c) {
                case '\\' -> {
                    at++;
                    atom(1);
                }
                case '[' -> {
                    charClass();
                    atom(1);
                }
                case '(' -> {
                    ignoresCase |= flags().contains("i");
                    outer.push(before + last);
                    before = 0;
                    last = 0;
                }
                case ')' -> {
                    long group = before + last;
                    before = outer.isEmpty() ? 0 : outer.pop();
                    last = group;
                }
                case '{' -> last = Math.max(last, 1) * Math.max(repetitions(), 1);
                default -> atom(1);
            }
        }
        return outer.size() > DEEPEST ? MOST + 1 : before + last;
    }

    /** The flags that a group begins with, if it has any; those after a minus too. */
    private String flags() {
        if (!pattern.startsWith("?", at)) {
            return "";
        }
        int end = at + 1;
        while (end < pattern.length() && (Character.isLetter(pattern.charAt(end)) || pattern.charAt(end) == '-')) {
            end++;
        }
        return pattern.substring(at + 1, end);
    }

    private void atom(long size) {
        before += last;
        last = size;
    }

    private void charClass() {
        if (at < pattern.length() && pattern.charAt(at) == '^') {
            at++;
        }
        at++; // a bracket that comes first stands for itself
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            at += pattern.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    /** The larger of the numbers up to the closing brace. */
    private long repetitions() {
        long most = 0;
        long number = 0;
        while (at < pattern.length() && pattern.charAt(at) != '}') {
            char c = pattern.charAt(at++);
            number = c >= '0' && c <= '9' ? Math.min(number * 10 + (c - '0'), MOST) : 0;
            most = Math.max(most, number);
        }
        at++;
        return most;
    }
}
