package dev.manicule.bench.compare;

import java.util.List;

/** Something that is done by Manicule and by others. */
public interface Scenario {
    /** What {@code --only} calls it. */
    String name();

    /** What it is, for the report. */
    String title();

    /** What we mean to reach in it. */
    List<Goal> goals();

    /** Whether it takes so long that once has to do. */
    default boolean isLong() {
        return false;
    }

    /** Starts those that do it, Manicule first; each warm. The caller closes them. */
    List<Subject> contestants(Environment arena) throws Exception;
}
