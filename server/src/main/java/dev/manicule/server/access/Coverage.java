package dev.manicule.server.access;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pattern surely matches every name with a given beginning, as a subscription to a wildcard requires. Sound
 * and not complete: it says yes only where it can prove that, and no to every pattern with an element that it does not
 * know.
 *
 * <p>The pattern is compiled to states, each of which goes on by a character, or without one. From the states that the
 * letters of the beginning reach, there must be a path to a loop that takes any character ({@code .*}), and from there
 * one to the end, by the last letters of the names' end or none of them. The loop takes all characters between.
 * Immutable, for any thread.
 */
final class Coverage {
    private final List<State> states = new ArrayList<>();
    /** The first state; −1 when the pattern has an element that is not known here. */
    private final int start;

    /** The input that a state needs to go on. */
    private enum Kind {
        /** A character that is taken. */
        LETTER,
        /** Nothing; there may be two ways to go on. */
        EITHER,
        /** Nothing, at the beginning of the name. */
        AT_BEGINNING,
        /** Nothing, at the end of the name. */
        AT_END,
        /** Any character, as often as there is one; or nothing. */
        ANY_NUMBER_OF_ANY,
        /** No further state: the name matches. */
        MATCH
    }

    /** A state, and the states that it leads to; −1 for none. */
    private static final class State {
        private final Kind kind;
        private final @Nullable LetterSet letters;
        private int next;
        private int other = -1;

        State(Kind kind, @Nullable LetterSet letters, int next) {
            this.kind = kind;
            this.letters = letters;
            this.next = next;
        }
    }

    private Coverage(@Nullable PatternTree tree) {
        int match = add(new State(Kind.MATCH, null, -1));
        start = tree == null ? -1 : build(tree, match);
    }

    /** The coverage of a pattern, which is well-formed. */
    static Coverage of(String pattern) {
        return new Coverage(PatternTree.parse(pattern));
    }

    /** Whether it surely matches every name that begins with {@code prefix} and ends with {@code suffix} after that. */
    boolean coversAll(String prefix, String suffix) {
        if (start < 0) {
            return false;
        }
        BitSet reached = new BitSet(states.size());
        reach(start, reached, true, false);
        for (int c : prefix.codePoints().toArray()) {
            reached = step(reached, c, false);
        }
        BitSet loops = new BitSet(states.size());
        reached.stream().filter(state -> states.get(state).kind == Kind.ANY_NUMBER_OF_ANY).forEach(loops::set);
        if (loops.isEmpty()) {
            return false;
        }
        return takesAnEndOf(loops, suffix.codePoints().toArray());
    }

    /** The loops stay reached during the end of the name, so that the rest may begin anywhere in it. */
    private boolean takesAnEndOf(BitSet loops, int[] suffix) {
        BitSet reached = new BitSet(states.size());
        loops.stream().forEach(loop -> reach(loop, reached, false, suffix.length == 0));
        BitSet now = reached;
        for (int i = 0; i < suffix.length; i++) {
            now = step(now, suffix[i], i == suffix.length - 1);
        }
        return now.stream().anyMatch(state -> states.get(state).kind == Kind.MATCH);
    }

    private BitSet step(BitSet from, int c, boolean isLast) {
        BitSet to = new BitSet(states.size());
        for (int i = from.nextSetBit(0); i >= 0; i = from.nextSetBit(i + 1)) {
            State state = states.get(i);
            if (state.kind == Kind.ANY_NUMBER_OF_ANY) {
                reach(i, to, false, isLast);
            } else if (state.letters != null && state.letters.contains(c)) {
                reach(state.next, to, false, isLast);
            }
        }
        return to;
    }

    /** Adds a state and those that it leads to without a character. */
    private void reach(int from, BitSet reached, boolean isBeginning, boolean isEnd) {
        List<Integer> open = new ArrayList<>(List.of(from));
        while (!open.isEmpty()) {
            int index = open.removeLast();
            if (index < 0 || reached.get(index)) {
                continue;
            }
            reached.set(index);
            State state = states.get(index);
            switch (state.kind) {
                case EITHER -> {
                    open.add(state.next);
                    open.add(state.other);
                }
                case ANY_NUMBER_OF_ANY -> open.add(state.next);
                case AT_BEGINNING -> open.add(isBeginning ? state.next : -1);
                case AT_END -> open.add(isEnd ? state.next : -1);
                case LETTER, MATCH -> {
                    // needs a character, or is the end
                }
            }
        }
    }

    private int add(State state) {
        states.add(state);
        return states.size() - 1;
    }

    /** Makes the states of a part of the pattern, which lead to {@code next}; returns the first of them. */
    private int build(PatternTree tree, int next) {
        return switch (tree) {
            case PatternTree.Letter letter -> add(new State(Kind.LETTER, letter.set(), next));
            case PatternTree.Beginning _ -> add(new State(Kind.AT_BEGINNING, null, next));
            case PatternTree.End _ -> add(new State(Kind.AT_END, null, next));
            case PatternTree.Sequence sequence -> {
                int first = next;
                for (PatternTree part : sequence.parts().reversed()) {
                    first = build(part, first);
                }
                yield first;
            }
            case PatternTree.Choice choice -> {
                int first = -1;
                for (PatternTree part : choice.parts()) {
                    first = either(build(part, next), first);
                }
                yield first;
            }
            case PatternTree.Repeat repeat -> repeat(repeat, next);
        };
    }

    private int either(int one, int other) {
        State state = new State(Kind.EITHER, null, one);
        state.other = other;
        return add(state);
    }

    private int repeat(PatternTree.Repeat repeat, int next) {
        int first = next;
        if (repeat.most() < 0) {
            if (repeat.part() instanceof PatternTree.Letter(LetterSet set) && set.isAnyOfNames()) {
                first = add(new State(Kind.ANY_NUMBER_OF_ANY, null, next));
            } else {
                int loop = either(-1, next);
                states.get(loop).next = build(repeat.part(), loop);
                first = loop;
            }
        } else {
            for (int i = repeat.least(); i < repeat.most(); i++) {
                first = either(build(repeat.part(), first), next);
            }
        }
        for (int i = 0; i < repeat.least(); i++) {
            first = build(repeat.part(), first);
        }
        return first;
    }
}
