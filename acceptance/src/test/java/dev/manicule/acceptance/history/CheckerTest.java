package dev.manicule.acceptance.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.history.ModelStore.Flaw;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The checker has nothing against a store that keeps its promises, and something against each that breaks one. */
class CheckerTest {
    private static final int ENOUGH = 1_500;
    private static final int ATTEMPTS = 10;

    private static List<String> violations(Flaw flaw, long seed) throws Exception {
        ModelStore.State state = new ModelStore.State(flaw, seed);
        Workload workload = new Workload(() -> new ModelStore(state), "c", seed, 6, 3);
        while (workload.answered() < ENOUGH) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return Checker.violations(workload.end());
    }

    @RepeatedTest(5)
    void correctStoreIsAccepted(RepetitionInfo repetition) throws Exception {
        assertThat(violations(Flaw.NONE, repetition.getCurrentRepetition())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void incorrectStoreIsRejected(Flaw flaw) throws Exception {
        for (int seed = 0; seed < ATTEMPTS; seed++) { // the flaw may not have shown in a history
            if (!violations(flaw, seed).isEmpty()) {
                return;
            }
        }
        throw new AssertionError("never noticed: " + flaw);
    }
}
