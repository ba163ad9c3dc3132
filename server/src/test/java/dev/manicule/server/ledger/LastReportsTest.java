package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.ledger.LedgerReader.ChannelUser;
import dev.manicule.server.ledger.LedgerReader.UserPlace;
import dev.manicule.server.model.Channel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of presence that come through a shared log in another order than they were made in. */
class LastReportsTest {
    private static final Channel ROOM = new Channel("demo", "room");
    private static final PresenceChange COMES = new Join(ROOM, "alice", 10_000_000, null, true, false);
    private static final PresenceChange GOES = new LeaveEverywhere(ROOM, "alice", null, true);

    @TempDir
    private Path folder;
    private Ledger ledger;
    private long offset;

    @BeforeEach
    void open() throws DataFolderException {
        ledger = Ledger.open(folder);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void report(long node, OperationId operation, PresenceChange change) {
        Transaction transaction = ledger.transaction();
        Outcome outcome = ledger.apply(
                new Entry(operation, Ledger.RULES, 0, new ChangePresence(node, List.of(change))), offset, 0,
                transaction);
        ledger.commit(transaction);
        offset++;
        assertThat(outcome).isInstanceOf(ChangePresence.PresenceChanged.class);
    }

    private List<String> users() {
        return ledger.reads()
                .users(ROOM, new UserPlace(null, 0), 10, false)
                .users()
                .stream()
                .map(ChannelUser::uuid)
                .toList();
    }

    @Test
    void reportBehindALaterOneIsIgnored() {
        report(5, new OperationId(70, 1), COMES);
        assertThat(users()).containsExactly("alice");
        report(5, new OperationId(70, 3), GOES);
        report(5, new OperationId(70, 2), COMES);
        assertThat(users()).isEmpty();
        report(5, new OperationId(70, 4), COMES);
        assertThat(users()).containsExactly("alice");
        assertThat(ledger.reads().events(ROOM.presence(), 0, Long.MAX_VALUE, 0, 10)).hasSize(3);
    }

    @Test
    void reportsAreOrderedPerNodeAndStart() {
        report(5, new OperationId(70, 9), GOES);
        report(6, new OperationId(80, 1), COMES);
        assertThat(users()).containsExactly("alice");
        report(6, new OperationId(80, 2), GOES);
        report(5, new OperationId(71, 1), COMES);
        assertThat(users()).containsExactly("alice");
    }

    @Test
    void lateReportOfAnEarlierStartIsIgnored() {
        node(70, 0);
        report(5, new OperationId(70, 2), GOES);
        node(71, 70);
        Transaction transaction = ledger.transaction();
        assertThat(ledger.apply(
                new Entry(new OperationId(70, 3), Ledger.RULES, 0, new ChangePresence(5, List.of(COMES))), offset, 0,
                transaction)).isEqualTo(Ledger.NOT_THE_NODE);
        ledger.commit(transaction);
        offset++;
        assertThat(users()).isEmpty();
        report(5, new OperationId(71, 2), COMES);
        assertThat(users()).containsExactly("alice");
    }

    private void node(long incarnation, long before) {
        Transaction transaction = ledger.transaction();
        assertThat(ledger.apply(new Entry(new OperationId(incarnation, 1), Ledger.RULES, 0,
                new ReportNode(5, "n", "", new ReportNode.Incarnation(incarnation, true, before), 1,
                        new ReportNode.Reached(0, 0, 0))),
                offset, 0,
                transaction)).isEqualTo(new ReportNode.NodeReported());
        ledger.commit(transaction);
        offset++;
    }

    /** A server alone decides over one report after the other. */
    @Test
    void reportsOfASingleServerAreAllApplied() {
        report(ChangePresence.ONLY_NODE, new OperationId(70, 3), GOES);
        report(ChangePresence.ONLY_NODE, new OperationId(70, 2), COMES);
        assertThat(users()).containsExactly("alice");
    }
}
