package dev.manicule.server;

import dev.manicule.server.command.ReportNode;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.Ledger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The {@link NodeWatch} of a node of a cluster, whose looks a test takes. */
public final class SteppedNodeWatch {
    private final NodeWatch watch;

    /**
     * As {@link NodeWatch}.
     *
     * @param incarnation stands for this start of the node
     * @param whenDiffering is given the reason when this node's tables are the ones that differ
     * @param nanoTime nanoseconds since some moment, never stepping back
     */
    public SteppedNodeWatch(Ledger ledger, Journal journal, long number, String name, long incarnation,
            Consumer<String> whenDiffering, LongSupplier nanoTime) {
        watch = NodeWatch.stepped(ledger, journal, new NodeWatch.Self(number, name, "", incarnation), whenDiffering,
                nanoTime);
    }

    /** A node has reported of itself, and this node has applied that. */
    public void heard(ReportNode report) {
        watch.heard(report);
    }

    /** Does what is done each second. */
    public void look() {
        watch.look();
    }
}
