package dev.manicule.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.ReportNode;
import dev.manicule.server.ledger.Likeness;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which of several nodes stops when their tables differ. */
class AgreementTest {
    private static final Set<Long> TWO_OTHERS = Set.of(2L, 3L);

    private final Agreement agreement = new Agreement();

    private void heard(long node, long applied, Likeness likeness) {
        agreement.heard(
                new ReportNode(node, "n" + node, "", new ReportNode.Incarnation(1, false, 0), 1,
                        new ReportNode.Reached(applied, 1, 0)),
                likeness);
    }

    @Test
    void equalDigestsFindNoDifference() {
        heard(2, 10, Likeness.SAME);
        heard(3, 10, Likeness.UNKNOWN);
        assertThat(agreement.look(TWO_OTHERS, 1)).isNull();
        assertThat(agreement.look(TWO_OTHERS, 100)).isNull();
    }

    @Test
    void minorityNodeStops() {
        heard(2, 10, Likeness.SAME);
        heard(3, 12, Likeness.SAME);
        heard(2, 20, Likeness.OTHER);
        assertThat(agreement.look(TWO_OTHERS, 7)).as("the third was the same below 12, and has not spoken since")
                .isNull();
        heard(3, 22, Likeness.OTHER);
        assertThat(agreement.look(TWO_OTHERS, 8)).satisfies(found -> {
            assertThat(found.isOfThisNode()).isTrue();
            assertThat(found.words()).isEqualTo("This node's tables differ from those of 2 of 2 others: the node n2 has"
                    + " made something else of the log's entries below offset 20, and the same of those below 10; the node"
                    + " n3 has made something else of the log's entries below offset 22, and the same of those below 12."
                    + " More nodes have what those have.");
        });
    }

    @Test
    void majorityContinues() {
        heard(2, 10, Likeness.SAME);
        heard(3, 20, Likeness.OTHER);
        assertThat(agreement.look(TWO_OTHERS, 7)).isNull();
        heard(2, 21, Likeness.SAME);
        assertThat(agreement.look(TWO_OTHERS, 8)).satisfies(found -> {
            assertThat(found.isOfThisNode()).isFalse();
            assertThat(found.words()).isEqualTo("This node's tables differ from those of 1 of 2 others: the node n3 has"
                    + " made something else of the log's entries below offset 20. More nodes have what this one has, so it"
                    + " goes on.");
        });
        assertThat(agreement.look(TWO_OTHERS, 9)).as("it was said").isNull();
        assertThat(agreement.look(Set.of(2L), 20)).isNull();
        heard(3, 30, Likeness.OTHER);
        heard(2, 31, Likeness.SAME);
        assertThat(agreement.look(TWO_OTHERS, 30)).as("the other one is back as it was").isNotNull();
    }

    @Test
    void twoDifferingNodesBothStop() {
        heard(2, 20, Likeness.OTHER);
        assertThat(agreement.look(Set.of(2L), 3)).satisfies(found -> {
            assertThat(found.isOfThisNode()).isTrue();
            assertThat(found.words()).endsWith("Which of the two is right can't be known.");
        });
    }

    /** A third node that lives and says nothing that could be compared is waited for, and not for ever. */
    @Test
    void silentNodeIsNotCounted() {
        heard(2, 20, Likeness.OTHER);
        heard(3, 20, Likeness.UNKNOWN);
        for (int reports = 10; reports < 15; reports++) {
            assertThat(agreement.look(TWO_OTHERS, reports)).isNull();
        }
        assertThat(agreement.look(TWO_OTHERS, 15)).satisfies(found -> assertThat(found.isOfThisNode()).isTrue());
    }
}
