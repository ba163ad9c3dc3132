package dev.manicule.bench.compare;

import java.io.IOException;
import java.util.Map;

/** One of those that do a work, ready for it. */
public interface Subject extends AutoCloseable {
    /** Our own name among them. */
    String MANICULE = "Manicule";

    /** As it stands in the report. */
    String name();

    /** Does it once. */
    Map<Measure, Double> measure() throws Exception;

    @Override
    default void close() throws IOException {
        // nothing is kept open
    }
}
