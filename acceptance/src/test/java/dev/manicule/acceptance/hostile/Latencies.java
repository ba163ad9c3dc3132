package dev.manicule.acceptance.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Latencies with the times from which they count. For any thread. */
final class Latencies {
    private record Sample(long due, long nanos) {}

    private final List<Sample> samples = new ArrayList<>();

    /** Notes one; both in nanoseconds. */
    synchronized void add(long due, long nanos) {
        samples.add(new Sample(due, nanos));
    }

    /** Of those that were due between two times; in milliseconds. */
    synchronized Figures between(long from, long to) {
        long[] sorted = samples.stream()
                .filter(sample -> sample.due - from >= 0 && sample.due - to < 0)
                .mapToLong(Sample::nanos)
                .sorted()
                .toArray();
        return new Figures(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }

    /** Median, 99th percentile and maximum in milliseconds. */
    record Figures(int count, double median, double p99, double max) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.1f / %.1f / %.1f ms of %d", median, p99, max, count);
        }
    }
}
