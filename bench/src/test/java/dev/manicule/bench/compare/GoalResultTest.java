package dev.manicule.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalResultTest {
    private static final Measure COST = Measure.cost("cost", "µs");
    private static final Measure GAIN = Measure.gain("gain", "/s");
    private final Results results = new Results();

    private GoalResult goalResult(Goal goal) {
        return results.goalResult(goal).orElseThrow();
    }

    @Test
    void costGoalIsAMultipleOfThePeers() {
        results.add(Subject.MANICULE, Map.of(COST, 4.0));
        results.add("peer", Map.of(COST, 10.0));
        assertThat(goalResult(new Goal.Beside(COST, "peer", 0.4)).isReached()).isTrue();
        assertThat(goalResult(new Goal.Beside(COST, "peer", 0.4)).margin()).isEqualTo(1);
        assertThat(goalResult(new Goal.Beside(COST, "peer", 0.2)).isReached()).isFalse();
        assertThat(goalResult(new Goal.Beside(COST, "peer", 0.2)).margin()).isEqualTo(0.5);
    }

    @Test
    void gainGoalIsAMultipleOfThePeers() {
        results.add(Subject.MANICULE, Map.of(GAIN, 300.0));
        results.add("peer", Map.of(GAIN, 100.0));
        assertThat(goalResult(new Goal.Beside(GAIN, "peer", 3)).isReached()).isTrue();
        assertThat(goalResult(new Goal.Beside(GAIN, "peer", 6)).isReached()).isFalse();
        assertThat(goalResult(new Goal.Beside(GAIN, "peer", 6)).margin()).isEqualTo(0.5);
    }

    @Test
    void goalsCompareWithNumbersAndOwnMeasures() {
        Measure more = Measure.cost("cost of more", "µs");
        results.add(Subject.MANICULE, Map.of(COST, 4.0, more, 5.0));
        assertThat(goalResult(new Goal.Alone(COST, 4)).isReached()).isTrue();
        assertThat(goalResult(new Goal.Alone(COST, 3.9)).isReached()).isFalse();
        assertThat(goalResult(new Goal.Within(more, COST, 1.25)).isReached()).isTrue();
        assertThat(goalResult(new Goal.Within(more, COST, 1.2)).isReached()).isFalse();
    }

    @Test
    void withoutThePeerThereIsNoResult() {
        results.add(Subject.MANICULE, Map.of(COST, 4.0));
        assertThat(results.goalResult(new Goal.Beside(COST, "peer", 1))).isEmpty();
    }

    @Test
    void resultShowsTheMedianAndTheSpread() {
        Series series = new Series();
        for (double value : new double[]{9, 1, 5, 4, 6}) {
            series.add(value);
        }
        assertThat(series.median()).isEqualTo(5);
        assertThat(series.spread()).isEqualTo(1.6);
        series.add(7);
        assertThat(series.median()).isEqualTo(5.5);
    }

    @Test
    void numbersHaveThreeSignificantDigits() {
        assertThat(Report.number(1234.56)).isEqualTo("1,235");
        assertThat(Report.number(12.345)).isEqualTo("12.3");
        assertThat(Report.number(0.5)).isEqualTo("0.5");
        assertThat(Report.number(3)).isEqualTo("3");
        assertThat(Report.number(100)).isEqualTo("100");
    }
}
