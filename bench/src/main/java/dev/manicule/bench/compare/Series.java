package dev.manicule.bench.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The values of one measure, round after round. */
public final class Series {
    private final List<Double> values = new ArrayList<>();

    /** Adds a value. */
    public void add(double value) {
        values.add(value);
        Collections.sort(values);
    }

    /** The median value, or the mean of the two in the middle. */
    public double median() {
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    /** The least. */
    public double least() {
        return values.getFirst();
    }

    /** The most. */
    public double most() {
        return values.getLast();
    }

    /** How far the rounds lie apart, in parts of the median. */
    double spread() {
        return median() == 0 ? 0 : (most() - least()) / median();
    }
}
