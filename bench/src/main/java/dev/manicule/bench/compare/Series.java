package dev.manicule.bench.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What was measured of one figure, round after round. */
final class Series {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
        Collections.sort(values);
    }

    double median() {
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    double least() {
        return values.getFirst();
    }

    double most() {
        return values.getLast();
    }

    /** How far the rounds lie apart, in parts of the median. */
    double spread() {
        return median() == 0 ? 0 : (most() - least()) / median();
    }
}
