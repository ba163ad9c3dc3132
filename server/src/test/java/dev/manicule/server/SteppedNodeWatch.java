package dev.manicule.server;

import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.Ledger;

/** The {@link NodeWatch} of a node of a cluster, whose looks a test takes. */
public final class SteppedNodeWatch {
    private final NodeWatch watch;

    /**
     * As {@link NodeWatch}.
     *
     * @param incarnation stands for this start of the node
     */
    public SteppedNodeWatch(Ledger ledger, Journal journal, long number, String name, long incarnation) {
        watch = NodeWatch.stepped(ledger, journal, new NodeWatch.Self(number, name, "", incarnation));
    }

    /** Does what is done each second. */
    public void look() {
        watch.look();
    }
}
