package dev.manicule.acceptance.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.history.Linearizability.Change;
import dev.manicule.acceptance.history.Linearizability.Kind;
import dev.manicule.acceptance.history.Linearizability.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The search finds an order of toggles where there is one, and none where there is none. */
class LinearizabilityTest {
    private static final Change ADDED = new Change(true, 7);
    private static final Change REMOVED = new Change(false, 7);
    private static final Change ADDED_AGAIN = new Change(true, 9);

    private static Step step(Kind kind, long timetoken, long invoked, long answered) {
        return new Step(kind, timetoken, invoked, answered);
    }

    private static Step unanswered(Kind kind, long timetoken, long invoked) {
        return step(kind, timetoken, invoked, Long.MAX_VALUE);
    }

    @Test
    void togglesAtATimeHaveAnOrder() {
        assertThat(Linearizability.holds(
                List.of(step(Kind.REMOVED, 7, 1, 9), step(Kind.ADDED, 7, 2, 8), step(Kind.ADDED, 9, 3, 10)),
                List.of(ADDED, REMOVED, ADDED_AGAIN))).isTrue();
    }

    @Test
    void togglesDoNotSwapTheirTimes() {
        assertThat(Linearizability.holds(List.of(step(Kind.REMOVED, 7, 1, 2), step(Kind.ADDED, 7, 3, 4)),
                List.of(ADDED, REMOVED))).isFalse();
    }

    @Test
    void twoTogglesDoNotMakeOneChange() {
        assertThat(Linearizability.holds(List.of(step(Kind.ADDED, 7, 1, 4), step(Kind.ADDED, 7, 2, 3)),
                List.of(ADDED))).isFalse();
    }

    @Test
    void unansweredToggleMakesEitherChangeOrNone() {
        assertThat(Linearizability.holds(List.of(unanswered(Kind.MAYBE_TOGGLED, 0, 1)), List.of(ADDED))).isTrue();
        assertThat(Linearizability.holds(
                List.of(step(Kind.ADDED, 7, 1, 2), unanswered(Kind.MAYBE_TOGGLED, 0, 3), step(Kind.ABSENT, 0, 5, 6)),
                List.of(ADDED, REMOVED))).isTrue();
        assertThat(Linearizability.holds(
                List.of(step(Kind.ADDED, 7, 1, 2), unanswered(Kind.MAYBE_TOGGLED, 0, 3), step(Kind.PRESENT, 7, 5, 6)),
                List.of(ADDED))).isTrue();
    }

    /** The removal was seen before the later of the two was sent, so the earlier one, a toggle, must have made it. */
    @Test
    void unansweredToggleIsPreferredWhereTimesDemandIt() {
        List<Step> steps = List.of(step(Kind.ADDED, 7, 1, 2), unanswered(Kind.MAYBE_TOGGLED, 0, 3),
                step(Kind.ABSENT, 0, 4, 5), unanswered(Kind.MAYBE_REMOVED, 7, 6));
        assertThat(Linearizability.holds(steps, List.of(ADDED, REMOVED))).isTrue();
        assertThat(Linearizability.holds(List.of(steps.get(0), steps.get(2), steps.get(3)), List.of(ADDED, REMOVED)))
                .isFalse();
    }

    @Test
    void unansweredToggleIsDoneOnce() {
        assertThat(Linearizability.holds(List.of(unanswered(Kind.MAYBE_TOGGLED, 0, 1)), List.of(ADDED, REMOVED)))
                .isFalse();
    }

    @Test
    void changeHasARequest() {
        assertThat(Linearizability.holds(List.of(step(Kind.ADDED, 7, 1, 2)), List.of(ADDED, REMOVED))).isFalse();
        assertThat(Linearizability.holds(List.of(), List.of(ADDED))).isFalse();
    }

    @Test
    void certainStepIsNotLeftOut() {
        assertThat(Linearizability.holds(List.of(step(Kind.ALREADY_THERE, 0, 1, 2)), List.of())).isFalse();
        assertThat(Linearizability.holds(List.of(step(Kind.ADDED, 7, 1, 2)), List.of())).isFalse();
    }
}
