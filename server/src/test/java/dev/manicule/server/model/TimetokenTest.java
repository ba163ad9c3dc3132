package dev.manicule.server.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimetokenTest {
    @ParameterizedTest
    @CsvSource({"0,0", "1595634332,1595634332", "17952278541542478,17952278541542478",
            "9223372036854775807,9223372036854775807", "007,7"})
    void fittingDigitsAreTimetokens(String text, long expected) {
        assertThat(Timetoken.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1.5", "1e9", "abc", " 1", "1 ", "9223372036854775808",
            "99999999999999999999", "00000000000000000001", "١٢٣", "0x10"})
    void otherTextsAreInvalid(String text) {
        assertThat(Timetoken.parse(text)).isEqualTo(Timetoken.INVALID);
    }

    @Test
    void timetokenCountsHundredNanoseconds() {
        assertThat(Timetoken.of(Instant.parse("2026-11-21T02:24:14.1542478Z"))).isEqualTo(17_952_278_541_542_478L);
    }
}
