package dev.manicule.acceptance.history;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the results for one key can be explained by doing the requests one after the other, each at some moment
 * between its sending and its answer (Herlihy and Wing's linearizability, decided by Wing and Gong's search). The key is
 * there, with a timetoken, or it is not. What changed it is known, in order: the requests must make all of these changes
 * and no others. A request without an answer may have made one of them, at any time after its sending.
 */
final class Linearizability {
    private static final long ABSENT = 0;

    private final List<Step> steps;
    private final List<Change> changes;
    /** The changes that answers speak of. */
    private final Set<Change> answered = new HashSet<>();
    private final Set<BitSet> seen = new HashSet<>();

    private Linearizability(List<Step> steps, List<Change> changes) {
        this.steps = steps;
        this.changes = changes;
        for (Step step : steps) {
            if (step.kind() == Kind.ADDED || step.kind() == Kind.REMOVED) {
                answered.add(new Change(step.kind() == Kind.ADDED, step.timetoken()));
            }
        }
    }

    /** The invocations of the key, and their results. */
    enum Kind {
        /** It was put there, with the step's timetoken. */
        ADDED,
        /** It was there already. */
        ALREADY_THERE,
        /** That of the step's timetoken was taken away. */
        REMOVED,
        /** That of the step's timetoken was not there. */
        NOT_THERE,
        /** It was seen with the step's timetoken. */
        PRESENT,
        /** It was not seen. */
        ABSENT,
        /** It may have been put there. */
        MAYBE_ADDED,
        /** That of the step's timetoken may have been taken away. */
        MAYBE_REMOVED,
        /** It may have been put there, or taken away. */
        MAYBE_TOGGLED;

        private boolean isCertain() {
            return compareTo(MAYBE_ADDED) < 0;
        }
    }

    /** One of the requests. One that is not certain is answered last of all. */
    record Step(Kind kind, long timetoken, long invoked, long answered) {}

    /**
     * The key was put there, or taken away.
     *
     * @param timetoken that of the action
     */
    record Change(boolean isAddition, long timetoken) {}

    /** Whether there is such an order. */
    static boolean holds(List<Step> steps, List<Change> changes) {
        return new Linearizability(steps, changes).search(new BitSet(), 0);
    }

    /** Goes on after some steps, which made the first of the changes. */
    private boolean search(BitSet done, int made) {
        if (made == changes.size() && isEnough(done)) {
            return true;
        }
        if (!seen.add((BitSet) done.clone())) {
            return false;
        }
        long firstAnswer = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < steps.size(); i = done.nextClearBit(i + 1)) {
            firstAnswer = Math.min(firstAnswer, steps.get(i).answered());
        }
        for (int i = done.nextClearBit(0); i < steps.size(); i = done.nextClearBit(i + 1)) {
            Step step = steps.get(i);
            if (step.invoked() <= firstAnswer && fits(step, made)) { // nothing else was over before it began
                done.set(i);
                boolean found = search(done, changes(step) ? made + 1 : made);
                done.clear(i);
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isEnough(BitSet done) {
        for (int i = done.nextClearBit(0); i < steps.size(); i = done.nextClearBit(i + 1)) {
            if (steps.get(i).kind().isCertain()) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(Step step, int made) {
        long there = made > 0 && changes.get(made - 1).isAddition() ? changes.get(made - 1).timetoken() : ABSENT;
        return switch (step.kind()) {
            case ABSENT -> there == ABSENT;
            case PRESENT -> there == step.timetoken();
            case ALREADY_THERE -> there != ABSENT;
            case NOT_THERE -> there != step.timetoken();
            case ADDED, REMOVED, MAYBE_ADDED, MAYBE_REMOVED, MAYBE_TOGGLED ->
                made < changes.size() && makes(step, changes.get(made));
        };
    }

    private boolean makes(Step step, Change next) {
        boolean isRemoval = !next.isAddition() && next.timetoken() == step.timetoken();
        return switch (step.kind()) {
            case ADDED -> next.isAddition() && next.timetoken() == step.timetoken();
            case REMOVED -> isRemoval;
            case MAYBE_ADDED -> next.isAddition() && !answered.contains(next);
            case MAYBE_REMOVED -> isRemoval && !answered.contains(next);
            case MAYBE_TOGGLED -> !answered.contains(next);
            case ALREADY_THERE, NOT_THERE, PRESENT, ABSENT -> false;
        };
    }

    private static boolean changes(Step step) {
        return switch (step.kind()) {
            case ADDED, REMOVED, MAYBE_ADDED, MAYBE_REMOVED, MAYBE_TOGGLED -> true;
            case ALREADY_THERE, NOT_THERE, PRESENT, ABSENT -> false;
        };
    }
}
