package dev.manicule.bench.compare;

import java.io.IOException;
import java.util.Map;

/** A program that runs a scenario, ready for it. */
public interface Subject extends AutoCloseable {
    /** The name of Manicule among the subjects. */
    String MANICULE = "Manicule";

    /** Its name in the report. */
    String name();

    /** Runs the scenario once. */
    Map<Measure, Double> measure() throws Exception;

    @Override
    default void close() throws IOException {
        // nothing is kept open
    }
}
