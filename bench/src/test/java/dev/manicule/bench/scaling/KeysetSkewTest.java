package dev.manicule.bench.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KeysetSkewTest {
    @Test
    void equalKeysetsFillPartitionsEvenly() {
        double[] shares = KeysetSkew.shares(0);
        assertThat(KeysetSkew.bySize(shares, 4)).isCloseTo(0.25, within(1e-9));
        assertThat(KeysetSkew.byHash(shares, 4)).isBetween(0.25, 0.27);
    }

    /** However many partitions there are: a keyset is not divided. */
    @Test
    void largestKeysetIsItsPartitionsMinimum() {
        double[] shares = KeysetSkew.shares(1.2);
        assertThat(KeysetSkew.bySize(shares, 256)).isCloseTo(shares[0], within(1e-9));
        assertThat(KeysetSkew.byHash(shares, 256)).isGreaterThan(shares[0]);
    }
}
