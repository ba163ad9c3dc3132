package dev.manicule.bench.compare;

import java.util.Map;

/** A subject that starts a fresh server for each measurement, and keeps nothing open. */
record Fresh(String name, Measurement measurement) implements Subject {
    /** A whole measurement. */
    interface Measurement {
        Map<Measure, Double> take() throws Exception;
    }

    @Override
    public Map<Measure, Double> measure() throws Exception {
        return measurement.take();
    }
}
