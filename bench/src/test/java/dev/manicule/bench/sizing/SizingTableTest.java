package dev.manicule.bench.sizing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizingTableTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0.001|0", "0.126|0.13", "9.96|10.0", "99.94|99.9", "123.4|123", "999|999",
            "1234|1,230", "1238|1,240", "-23456|-23,500", "1234567|1,230,000", "NaN|–"})
    void numberHasThreeSignificantDigits(double value, String words) {
        assertThat(SizingTable.number(value)).isEqualTo(words);
    }

    @Test
    void numbersAreAlignedRight() {
        assertThat(new SizingTable("Sizes:", List.of("what", "bytes"), List.of(List.of("a message", "7"))).markdown())
                .isEqualTo("""
                        Sizes:

                        | what | bytes |
                        |---|---:|
                        | a message | 7 |
                        """);
    }
}
