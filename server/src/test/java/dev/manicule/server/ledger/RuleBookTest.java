package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.GlobalFeed.Bounds;
import dev.manicule.server.ledger.GlobalFeed.Gap;
import dev.manicule.server.ledger.GlobalFeed.Page;
import dev.manicule.server.ledger.GlobalFeed.Scope;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entry of the log is decided by the rules of its time. */
class RuleBookTest {
    /** So little of the feed that every history goes beyond it. */
    static final Bounds FEW = new Bounds(2, 8, 4);
    /** The present rules, in a second version too, in which what is only delivered is stored as well. */
    static final RuleBook TWO = new RuleBook(List.of(transaction -> new Rules(transaction, FEW), StoringRules::new));
    /** The present rules alone, in force from the first entry on. */
    static final RuleBook NEWEST = new RuleBook(List.of(transaction -> new Rules(transaction, Bounds.USUAL)));
    private static final Channel ROOM = new Channel("demo", "room");

    @TempDir
    private Path folder;

    /** The second version. */
    static final class StoringRules extends Rules {
        StoringRules(Transaction transaction) {
            super(transaction, FEW);
        }

        @Override
        Outcome decide(Command<?> command, long timetoken) throws org.rocksdb.RocksDBException {
            return super.decide(stored(command), timetoken);
        }

        static Command<?> stored(Command<?> command) {
            return command instanceof Publish publish && publish.delivery() == Delivery.TRANSIENT
                    ? new Publish(publish.channel(), publish.payload(), publish.meta(), publish.uuid(),
                            publish.customType(), publish.sequence(), publish.origin(), Delivery.STORED)
                    : command;
        }
    }

    private static Entry entry(int rules, Delivery delivery) {
        return new Entry(new OperationId(1, 1), rules, 0, new Publish(ROOM,
                new Json("1".getBytes(StandardCharsets.UTF_8)), null, null, null, null, null, delivery));
    }

    private static int stored(Ledger ledger) {
        return ledger.reads().countMessages(ROOM, 0, 100);
    }

    @Test
    void aHigherVersionIsInForceFromItsEntryOn() throws Exception {
        try (Ledger ledger = Ledger.open(folder, TWO)) {
            Transaction transaction = ledger.transaction();
            int offset = 0;
            for (int rules : new int[]{1, 2, 1, 0}) {
                assertThat(ledger.apply(entry(rules, Delivery.TRANSIENT), offset++, 0, transaction)).isNotNull();
            }
            ledger.commit(transaction);
            assertThat(stored(ledger)).as("all but the first, whatever the later ones ask for").isEqualTo(3);
        }
        try (Ledger ledger = Ledger.open(folder, TWO)) {
            Transaction transaction = ledger.transaction();
            assertThat(ledger.apply(entry(1, Delivery.TRANSIENT), 4, 0, transaction)).isNotNull();
            ledger.commit(transaction);
            assertThat(stored(ledger)).as("after a restart").isEqualTo(4);
        }
    }

    /** It is in force although the rules failed on the command that asked for it. */
    @Test
    void skippedEntryActivatesItsVersion() throws Exception {
        try (Ledger ledger = Ledger.open(folder, TWO)) {
            Transaction transaction = ledger.transaction();
            ledger.skip(entry(2, Delivery.STORED), 0, transaction);
            assertThat(ledger.apply(entry(1, Delivery.TRANSIENT), 1, 0, transaction)).isNotNull();
            ledger.commit(transaction);
            assertThat(stored(ledger)).isEqualTo(1);
            assertThat(ledger.applied()).isEqualTo(2);
        }
    }

    @Test
    void entryWithUnknownRulesIsNotApplied() throws Exception {
        try (Ledger ledger = Ledger.open(folder)) {
            Transaction transaction = ledger.transaction();
            assertThat(ledger.apply(entry(Ledger.RULES, Delivery.STORED), 0, 0, transaction)).isNotNull();
            assertThatThrownBy(() -> ledger.apply(entry(Ledger.RULES + 1, Delivery.STORED), 1, 0, transaction))
                    .isInstanceOf(UnknownRulesException.class)
                    .hasMessageContaining("written by a newer Manicule")
                    .hasMessageContaining("Install that Manicule, or a newer one.");
            assertThatThrownBy(() -> ledger.skip(entry(Ledger.RULES + 1, Delivery.STORED), 1, transaction))
                    .isInstanceOf(UnknownRulesException.class);
            ledger.commit(transaction);
            assertThat(stored(ledger)).isEqualTo(1);
            assertThat(ledger.applied()).isEqualTo(1);
        }
    }

    @Test
    void tablesWithUnknownRulesAreRefused() throws Exception {
        try (Ledger ledger = Ledger.open(folder, TWO)) {
            Transaction transaction = ledger.transaction();
            assertThat(ledger.apply(entry(2, Delivery.TRANSIENT), 0, 0, transaction)).isNotNull();
            ledger.commit(transaction);
        }
        assertThatThrownBy(() -> Ledger.open(folder, NEWEST)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("version 2 of the rules is in force")
                .hasMessageContaining("knows them up to version 1")
                .hasMessageContaining("Install that Manicule, or a newer one. Nothing was changed.");
        try (Ledger ledger = Ledger.open(folder, TWO)) {
            assertThat(stored(ledger)).isEqualTo(1);
        }
    }

    @Test
    void globalFeedIsBounded() throws Exception {
        for (int events = 1; events <= 40; events++) {
            try (Ledger ledger = Ledger.open(folder, TWO)) {
                Transaction transaction = ledger.transaction();
                assertThat(ledger.apply(entry(1, Delivery.STORED), events, 0, transaction)).isNotNull();
                ledger.commit(transaction);
                long lowest = ledger.reads().eventsAfter(0, Scope.KEPT, 100, 10_000) instanceof Gap(long offset)
                        ? offset
                        : 0;
                Page page = (Page) ledger.reads().eventsAfter(lowest, Scope.KEPT, 100, 10_000);
                assertThat(page.events()).hasSize(events < 12 ? events : 8 + events % 4);
                assertThat(page.events().getLast().timetoken()).isEqualTo(events);
            }
        }
        try (Snapshot snapshot = Snapshot.openData(folder)) {
            long[] rows = new long[1];
            snapshot.walk(snapshot.tables.of(GlobalFeed.TABLE), new byte[0], new byte[0], (key, row) -> rows[0]++);
            assertThat(rows[0]).as("8 events").isEqualTo(8);
            assertThat(IntegrityCheck.of(snapshot, Progress.NONE).findings()).isEmpty();
        }
    }
}
