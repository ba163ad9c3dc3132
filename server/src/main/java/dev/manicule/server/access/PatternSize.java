package dev.manicule.server.access;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large a regular expression becomes when its counted repetitions are written out, which is what its compiler does:
 * {@code (?:(?:a{100}){100}){100}} is a million letters. Asked before anything is compiled.
 */
final class PatternSize {
    /** More than any name needs; compiled, some hundred kilobytes. */
    static final long MOST = 10_000;
    private static final int DEEPEST = 100;

    private final String pattern;
    private final Deque<Long> outer = new ArrayDeque<>();
    /** What stands in the group so far, without its last atom. */
    private long before;
    private long last;
    private int at;

    private PatternSize(String pattern) {
        this.pattern = pattern;
    }

    /** A number of letters, never too low; above {@link #MOST} it is no more than that. */
    static long of(String pattern) {
        return pattern.length() > MOST ? pattern.length() : new PatternSize(pattern).measure();
    }

    private long measure() {
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
