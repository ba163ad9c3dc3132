package dev.manicule.server.access;

import java.util.List;

/**
 * A set of characters, such as {@code [a-z_]}.
 *
 * @param ranges in no order
 * @param isNegated whether it is all others
 */
record LetterSet(List<Range> ranges, boolean isNegated) {
    /** {@code .}: all but the end of a line, which no name has in it. */
    static final LetterSet DOT = not(one('\n'));
    /** {@code \d}. */
    static final LetterSet DIGITS = new LetterSet(List.of(new Range('0', '9')), false);
    /** {@code \s}, as RE2 has it. */
    static final LetterSet SPACES = new LetterSet(
            List.of(new Range('\t', '\n'), new Range('\f', '\r'), new Range(' ', ' ')), false);
    /** {@code \w}, as RE2 has it. */
    static final LetterSet WORDS = new LetterSet(List.of(new Range('0', '9'), new Range('A', 'Z'), new Range('_', '_'),
            new Range('a', 'z')), false);

    /** All characters from one to another, both in it. */
    record Range(int from, int to) {}

    static LetterSet one(int c) {
        return new LetterSet(List.of(new Range(c, c)), false);
    }

    static LetterSet not(LetterSet set) {
        return new LetterSet(set.ranges, !set.isNegated);
    }

    boolean contains(int c) {
        for (Range range : ranges) {
            if (range.from <= c && c <= range.to) {
                return !isNegated;
            }
        }
        return isNegated;
    }

    /** Whether it is one character and no class. */
    boolean isOne() {
        return !isNegated && ranges.size() == 1 && ranges.getFirst().from == ranges.getFirst().to;
    }

    /** Whether every character that a name can have is in it, which control characters and commas can't. */
    boolean isAnyOfNames() {
        return isNegated && ranges.stream().allMatch(range -> range.to < ' ' || (range.from == ',' && range.to == ','));
    }

    /** This set, and others: none of them negated. */
    static LetterSet union(List<LetterSet> sets, boolean isNegated) {
        return new LetterSet(sets.stream().flatMap(set -> set.ranges.stream()).toList(), isNegated);
    }
}
