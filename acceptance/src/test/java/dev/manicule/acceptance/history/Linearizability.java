package dev.manicule.acceptance.history;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the results for one key can be explained by doing the requests one after the other, each at some moment
 * between its sending and its answer (Herlihy and Wing's linearizability, decided by Wing and Gong's search). The key is
 * there, with a timetoken, or it is not.
 */
final class Linearizability {
    private static final long ABSENT = 0;

    private final List<Step> steps;
    private final Set<Configuration> seen = new HashSet<>();

    private Linearizability(List<Step> steps) {
        this.steps = steps;
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
        ABSENT
    }

    /** One of the requests; {@code answered} is as late as can be when its answer was lost. */
    record Step(Kind kind, long timetoken, long invoked, long answered) {}

    private record Configuration(BitSet done, long state) {}

    /** Whether there is such an order. */
    static boolean holds(List<Step> steps) {
        return new Linearizability(steps).search(new BitSet(), ABSENT);
    }

    private boolean search(BitSet done, long state) {
        if (done.cardinality() == steps.size()) {
            return true;
        }
        if (!seen.add(new Configuration((BitSet) done.clone(), state))) {
            return false;
        }
        long firstAnswer = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < steps.size(); i = done.nextClearBit(i + 1)) {
            firstAnswer = Math.min(firstAnswer, steps.get(i).answered());
        }
        for (int i = done.nextClearBit(0); i < steps.size(); i = done.nextClearBit(i + 1)) {
            Step step = steps.get(i);
            if (step.invoked() <= firstAnswer && fits(step, state)) { // nothing else was over before it began
                done.set(i);
                boolean found = search(done, after(step, state));
                done.clear(i);
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean fits(Step step, long state) {
        return switch (step.kind()) {
            case ADDED, ABSENT -> state == ABSENT;
            case ALREADY_THERE -> state != ABSENT;
            case REMOVED, PRESENT -> state == step.timetoken();
            case NOT_THERE -> state != step.timetoken();
        };
    }

    private static long after(Step step, long state) {
        return switch (step.kind()) {
            case ADDED -> step.timetoken();
            case REMOVED -> ABSENT;
            case ALREADY_THERE, NOT_THERE, PRESENT, ABSENT -> state;
        };
    }
}
