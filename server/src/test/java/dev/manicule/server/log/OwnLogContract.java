package dev.manicule.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.model.Timetoken;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What logs promise besides that belong to one process. */
abstract class OwnLogContract extends LogContract {
    @Test
    void timeNeverStepsBack() throws Exception {
        Instant now = clock.get();
        append("a");
        clock.set(now.minusSeconds(60));
        append("b");
        clock.set(now.plusSeconds(1));
        append("c");

        assertThat(batches(0)).extracting(Batch::time)
                .containsExactly(Timetoken.of(now), Timetoken.of(now), Timetoken.of(now.plusSeconds(1)));
    }

    @Test
    void appendInDoubtIsReadOnlyAfterItsResolution() throws Exception {
        append("a");
        failNext(true);
        append("b", "c");
        assertThat(readFrom(0)).containsExactly("0 a");
        assertThat(log().end()).isEqualTo(1);

        assertThat(log().resolveDoubt()).isTrue();
        assertThat(readFrom(0)).containsExactly("0 a", "1 b", "2 c");
    }

    @Test
    void unreleasedEntriesStay() throws Exception {
        IntStream.range(0, 100).forEach(i -> append("x".repeat(100) + i));
        log().release(60);

        assertThat(log().begin()).isBetween(1L, 60L);
        assertThat(readFrom(60)).hasSize(40);
        assertThatThrownBy(() -> log().reader(log().begin() - 1)).isInstanceOf(LogException.class);
        log().release(0);
        assertThat(readFrom(60)).hasSize(40);
    }
}
