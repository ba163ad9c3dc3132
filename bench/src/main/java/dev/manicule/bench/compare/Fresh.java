package dev.manicule.bench.compare;

import java.util.Map;

/** A contestant that starts what it measures anew each time, and keeps nothing open. */
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
