package dev.manicule.bench.compare;

import java.util.List;

/** A benchmark that Manicule and others run. */
public interface Scenario {
    /** Its name for {@code --only}. */
    String name();

    /** Its title in the report. */
    String title();

    /** The goals for Manicule. */
    List<Goal> goals();

    /** Whether it takes so long that one round must do. */
    default boolean isLong() {
        return false;
    }

    /** Starts its subjects, Manicule first; each warm. The caller closes them. */
    List<Subject> subjects(Environment environment) throws Exception;
}
