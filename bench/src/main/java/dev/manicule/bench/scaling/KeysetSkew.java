package dev.manicule.bench.scaling;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * How evenly keysets fill partitions, if each keyset had to be in one: their shares of all writes follow Zipf's law, and a hash of the
 * name, or a placement by size, says which partition a keyset is in.
 */
public final class KeysetSkew {
    private static final long SEED = 19;
    private static final int KEYSETS = 10_000;
    private static final double[] EXPONENTS = {0, 0.8, 1.0, 1.2};
    private static final int[] PARTITIONS = {4, 16, 64, 256};

    private KeysetSkew() {}

    /** A table: the share of the busiest partition in all writes. */
    public static String table() {
        StringBuilder text = new StringBuilder("The busiest partition's share of all writes, of " + KEYSETS
                + " keysets. Even: 1/partitions.\n");
        text.append("sizes of keysets   largest  ");
        for (int partitions : PARTITIONS) {
            text.append(String.format(Locale.ROOT, "%17s", partitions + " partitions"));
        }
        text.append('\n');
        text.append(String.format(Locale.ROOT, "%28s", ""));
        for (int _ : PARTITIONS) {
            text.append(String.format(Locale.ROOT, "%17s", "hash    by size"));
        }
        text.append('\n');
        for (double exponent : EXPONENTS) {
            double[] shares = shares(exponent);
            text.append(String.format(Locale.ROOT, "%-17s %8s  ", exponent == 0 ? "all alike" : "Zipf, " + exponent,
                    percent(shares[0])));
            for (int partitions : PARTITIONS) {
                text.append(String.format(Locale.ROOT, "%8s %8s", percent(byHash(shares, partitions)),
                        percent(bySize(shares, partitions))));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    /** From the largest on; they sum up to 1. */
    static double[] shares(double exponent) {
        double[] shares = new double[KEYSETS];
        double sum = 0;
        for (int i = 0; i < KEYSETS; i++) {
            shares[i] = 1 / StrictMath.pow(i + 1, exponent);
            sum += shares[i];
        }
        for (int i = 0; i < KEYSETS; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    /** The median of 101 hashes. */
    static double byHash(double[] shares, int partitions) {
        Random random = new Random(SEED);
        double[] busiest = new double[101];
        for (int trial = 0; trial < busiest.length; trial++) {
            double[] loads = new double[partitions];
            for (double share : shares) {
                loads[random.nextInt(partitions)] += share;
            }
            busiest[trial] = Arrays.stream(loads).max().orElseThrow();
        }
        Arrays.sort(busiest);
        return busiest[busiest.length / 2];
    }

    /** Each, the largest first, goes to the least loaded partition. */
    static double bySize(double[] shares, int partitions) {
        double[] loads = new double[partitions];
        for (double share : shares) {
            int least = 0;
            for (int i = 1; i < partitions; i++) {
                least = loads[i] < loads[least] ? i : least;
            }
            loads[least] += share;
        }
        return Arrays.stream(loads).max().orElseThrow();
    }
}
