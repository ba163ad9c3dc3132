package dev.manicule.bench.compare;

import java.util.Map;

/** A contestant that starts what it measures anew each time, and keeps nothing open. */
record Fresh(String name, Measurement measurement) implements Contestant {
    /** A whole measurement. */
    interface Measurement {
        Map<Figure, Double> take() throws Exception;
    }

    @Override
    public Map<Figure, Double> measure() throws Exception {
        return measurement.take();
    }
}
