package dev.manicule.bench.compare;

import org.jspecify.annotations.Nullable;

/**
 * The result for a goal.
 *
 * @param theirs the series that ours is compared with, null when that is a number
 * @param ratio of ours to theirs, or to that number
 * @param wanted the ratio to reach
 */
record GoalResult(Goal goal, Series ours, @Nullable Series theirs, double ratio, double wanted) {
    boolean isReached() {
        return goal.measure().isCost() ? ratio <= wanted : ratio >= wanted;
    }

    /** How many times better than wanted; below 1 the goal is not reached. */
    double margin() {
        return goal.measure().isCost() ? wanted / ratio : ratio / wanted;
    }
}
