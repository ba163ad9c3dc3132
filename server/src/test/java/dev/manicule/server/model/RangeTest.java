package dev.manicule.server.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RangeTest {
    private static final long MAX = Long.MAX_VALUE;

    /** The table of the protocol: start is excluded, end is included, their order says which is which. */
    @Test
    void startAndEndFollowTheProtocol() {
        assertThat(Range.ofHistory(null, null, false)).isEqualTo(new Range(0, MAX, true));
        assertThat(Range.ofHistory(5L, null, false)).isEqualTo(new Range(0, 4, true));
        assertThat(Range.ofHistory(null, 5L, false)).isEqualTo(new Range(5, MAX, true));
        assertThat(Range.ofHistory(9L, 5L, false)).isEqualTo(new Range(5, 8, true));
        assertThat(Range.ofHistory(5L, 9L, false)).isEqualTo(new Range(6, 9, false));
        assertThat(Range.ofHistory(5L, 5L, false).isEmpty()).isTrue();
        assertThat(Range.ofHistory(null, null, true)).isEqualTo(new Range(0, MAX, false));
        assertThat(Range.ofHistory(5L, null, true)).isEqualTo(new Range(6, MAX, false));
        assertThat(Range.ofHistory(9L, 5L, true)).isEqualTo(new Range(5, 8, true));
    }

    @Test
    void extremeBoundsDoNotOverflow() {
        assertThat(Range.ofHistory(0L, null, false).isEmpty()).isTrue();
        assertThat(Range.ofHistory(MAX, null, true).isEmpty()).isTrue();
        assertThat(Range.ofHistory(MAX, MAX, false).isEmpty()).isTrue();
        assertThat(Range.ofHistory(0L, MAX, false)).isEqualTo(new Range(1, MAX, false));
    }

    /** Both ways in which the documentation names one message. */
    @Test
    void bothBoundsCanSelectOneMessage() {
        assertThat(Range.ofHistory(6L, 5L, false)).matches(range -> range.from() == 5 && range.to() == 5);
        assertThat(Range.ofHistory(4L, 5L, false)).matches(range -> range.from() == 5 && range.to() == 5);
    }
}
