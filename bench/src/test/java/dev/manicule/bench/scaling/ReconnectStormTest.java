package dev.manicule.bench.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.manicule.bench.scaling.ReconnectStorm.Outcome;
import dev.manicule.bench.scaling.ReconnectStorm.Pause;
import org.junit.jupiter.api.Test;

class ReconnectStormTest {
    /** 99,000 attempts by 29 nodes of 5,000 a second take 0.68 s: nobody hangs up, and it is arithmetic. */
    @Test
    void stormWithoutTimeoutsTakesTheSumOfItsAttempts() {
        Outcome outcome = ReconnectStorm.run(Pause.AT_ONCE, 30, 5_000);
        assertThat(outcome.attempts()).isEqualTo(1);
        assertThat(outcome.nearlyAll()).isCloseTo(683, within(40));
    }

    /** What hung up is done for nothing, and comes again before that is done. */
    @Test
    void stormBeyondTheTimeoutNeverEnds() {
        Outcome outcome = ReconnectStorm.run(Pause.AT_ONCE, 3, 1_000);
        assertThat(outcome.half()).isEqualTo(ReconnectStorm.END);
        assertThat(outcome.attempts()).isGreaterThan(10);
    }
}
