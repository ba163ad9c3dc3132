package dev.manicule.server.access;

import dev.manicule.server.access.LetterSet.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a pattern, of those that {@link Coverage} knows: letters, {@code .}, simple classes, {@code \d \s \w} and
 * their opposites, groups, {@code |}, repetitions, and {@code ^} and {@code $}.
 */
sealed interface PatternTree {
    /** One character of a set. */
    record Letter(LetterSet set) implements PatternTree {}

    /** One part after the other; without parts, nothing. */
    record Sequence(List<PatternTree> parts) implements PatternTree {}

    /** One of several. */
    record Choice(List<PatternTree> parts) implements PatternTree {}

    /** A part from {@code least} to {@code most} times; −1 is any number. */
    record Repeat(PatternTree part, int least, int most) implements PatternTree {}

    /** The beginning of the name. */
    record Beginning() implements PatternTree {}

    /** The end of the name. */
    record End() implements PatternTree {}

    /** Reads a pattern that RE2 can compile and that is not too large; null when an element of it is not known here. */
    static @Nullable PatternTree parse(String pattern) {
        try {
            Parser parser = new Parser(pattern);
            PatternTree tree = parser.choice();
            return parser.at == pattern.length() ? tree : null;
        } catch (Unknown | IndexOutOfBoundsException e) {
            return null;
        }
    }

    /** An element of a pattern is not known here. */
    final class Unknown extends Exception {
        private static final long serialVersionUID = 1;

        Unknown() {
            super("not known", null, false, false);
        }
    }

    /** Parses a pattern in one pass. Groups are no deeper than compiled patterns may have them. */
    final class Parser {
        private static final Pattern REPETITION = Pattern.compile("\\{(\\d{1,4})(,(\\d{0,4}))?\\}");
        private static final String NAMED_CLASSES = "dswDSW";

        private final String pattern;
        private int at;

        private Parser(String pattern) {
            this.pattern = pattern;
        }

        private boolean isNext(char c) {
            return at < pattern.length() && pattern.charAt(at) == c;
        }

        private boolean takes(char c) {
            boolean taken = isNext(c);
            at += taken ? 1 : 0;
            return taken;
        }

        private PatternTree choice() throws Unknown {
            List<PatternTree> parts = new ArrayList<>();
            do {
                parts.add(sequence());
            } while (takes('|'));
            return parts.size() == 1 ? parts.getFirst() : new Choice(parts);
        }

        private PatternTree sequence() throws Unknown {
            List<PatternTree> parts = new ArrayList<>();
            while (at < pattern.length() && !isNext('|') && !isNext(')')) {
                parts.add(repeated(atom()));
            }
            return new Sequence(parts);
        }

        /**
         * The quantifier after an atom; a question mark after that only selects which of several matches comes first.
         */
        private PatternTree repeated(PatternTree atom) throws Unknown {
            PatternTree part = atom;
            Matcher counted = REPETITION.matcher(pattern).region(at, pattern.length());
            if (takes('*')) {
                part = new Repeat(atom, 0, -1);
            } else if (takes('+')) {
                part = new Repeat(atom, 1, -1);
            } else if (takes('?')) {
                part = new Repeat(atom, 0, 1);
            } else if (counted.lookingAt()) {
                at = counted.end();
                int least = Integer.parseInt(counted.group(1));
                String most = counted.group(3);
                part = new Repeat(atom, least,
                        counted.group(2) == null
                                ? least
                                : most == null || most.isEmpty() ? -1 : Integer.parseInt(most));
            } else {
                return part;
            }
            takes('?');
            if (isNext('*') || isNext('+') || isNext('?') || isNext('{')) {
                throw new Unknown();
            }
            return part;
        }

        private PatternTree atom() throws Unknown {
            int c = pattern.codePointAt(at);
            at += Character.charCount(c);
            return switch (c) {
                case '.' -> new Letter(LetterSet.DOT);
                case '^' -> new Beginning();
                case '$' -> new End();
                case '(' -> group();
                case '[' -> new Letter(characters());
                case '\\' -> new Letter(escaped());
                case '{', '}', ']', '*', '+', '?' -> throw new Unknown();
                default -> new Letter(LetterSet.one(c));
            };
        }

        private PatternTree group() throws Unknown {
            if (!pattern.startsWith("?:", at)) {
                throw new Unknown();
            }
            at += 2;
            PatternTree inner = choice();
            if (!takes(')')) {
                throw new Unknown();
            }
            return inner;
        }

        private LetterSet escaped() throws Unknown {
            char c = pattern.charAt(at++);
            if (NAMED_CLASSES.indexOf(c) >= 0) {
                LetterSet set = switch (Character.toLowerCase(c)) {
                    case 'd' -> LetterSet.DIGITS;
                    case 's' -> LetterSet.SPACES;
                    default -> LetterSet.WORDS;
                };
                return Character.isUpperCase(c) ? LetterSet.not(set) : set;
            }
            if (c >= 128 || Character.isLetterOrDigit(c)) {
                throw new Unknown();
            }
            return LetterSet.one(c);
        }

        private LetterSet characters() throws Unknown {
            boolean isNegated = takes('^');
            List<LetterSet> sets = new ArrayList<>();
            while (sets.isEmpty() || !isNext(']')) {
                if (isNext('[') || isNext('&') || (isNext(']') && sets.isEmpty())) {
                    throw new Unknown();
                }
                sets.add(range());
            }
            at++;
            return LetterSet.union(sets, isNegated);
        }

        private LetterSet range() throws Unknown {
            LetterSet first = letter();
            if (!isNext('-') || pattern.startsWith("-]", at)) {
                return first;
            }
            at++;
            LetterSet last = letter();
            if (!first.isOne() || !last.isOne()) {
                throw new Unknown();
            }
            return new LetterSet(List.of(new Range(first.ranges().getFirst().from(), last.ranges().getFirst().to())),
                    false);
        }

        /** A letter of a class, or a class in it that has a name; none that is negated. */
        private LetterSet letter() throws Unknown {
            LetterSet set;
            if (takes('\\')) {
                set = escaped();
            } else {
                int c = pattern.codePointAt(at);
                at += Character.charCount(c);
                set = LetterSet.one(c);
            }
            if (set.isNegated()) {
                throw new Unknown();
            }
            return set;
        }
    }
}
