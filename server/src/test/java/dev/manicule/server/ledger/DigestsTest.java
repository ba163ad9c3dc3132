package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.ReportNode.Reached;
import dev.manicule.server.command.Tick;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log has led to, held against what it has led to elsewhere. */
class DigestsTest {
    private static final int MORE_THAN_KEPT = 70_000;

    @TempDir
    private Path folder;
    private long offset;

    private Ledger open(String name, boolean isBegin) throws Exception {
        Ledger ledger = Ledger.open(folder.resolve(name));
        if (!ledger.keepsDigests()) {
            ledger.followLog(1);
            ledger.keepDigests(isBegin);
        }
        return ledger;
    }

    private static Command<?> publish(String text) {
        return new Publish(new Channel("demo", "room"), new Json(text.getBytes(StandardCharsets.UTF_8)), null, null,
                null, null, null, Delivery.STORED);
    }

    private void apply(Command<?> command, Ledger... ledgers) {
        for (Ledger ledger : ledgers) {
            Transaction transaction = ledger.transaction();
            assertThat(ledger.apply(new Entry(new OperationId(1, offset), 1, 0, command), offset, 1_000, transaction))
                    .isNotNull();
            ledger.commit(transaction);
        }
        offset++;
    }

    @Test
    void sameEntriesGiveTheSameDigest() throws Exception {
        try (Ledger one = open("one", true); Ledger two = open("two", true)) {
            assertThat(one.reached()).isEqualTo(new Reached(0, EntryDigests.FORM, 0));
            apply(publish("1"), one, two);
            Reached first = one.reached();
            assertThat(first).isEqualTo(two.reached());
            apply(publish("1"), one, two);
            assertThat(one.reached().digest()).isNotEqualTo(first.digest());
            apply(new Tick(), one);
            assertThat(one.compare(two.reached())).isEqualTo(Likeness.SAME);
            assertThat(two.compare(one.reached())).as("not that far yet").isEqualTo(Likeness.UNKNOWN);
            assertThat(one.compare(first)).isEqualTo(Likeness.SAME);
        }
    }

    @Test
    void aDifferenceStays() throws Exception {
        try (Ledger one = open("one", true); Ledger two = open("two", true)) {
            apply(publish("1"), one);
            offset = 0;
            apply(publish("2"), two);
            for (int i = 0; i < 10; i++) {
                apply(new Tick(), one, two);
                assertThat(one.compare(two.reached())).isEqualTo(Likeness.OTHER);
            }
        }
        try (Ledger one = open("one", true); Ledger two = open("two", true)) {
            assertThat(one.compare(two.reached())).as("after a restart").isEqualTo(Likeness.OTHER);
        }
    }

    @Test
    void skippedEntryIsADifference() throws Exception {
        try (Ledger one = open("one", true); Ledger two = open("two", true)) {
            Entry entry = new Entry(new OperationId(1, 0), 1, 0, publish("1"));
            Transaction transaction = one.transaction();
            one.skip(entry, 0, transaction);
            one.commit(transaction);
            apply(publish("1"), two);
            assertThat(one.compare(two.reached())).isEqualTo(Likeness.OTHER);
        }
    }

    @Test
    void oldDigestsAreUnknown() throws Exception {
        try (Ledger one = open("one", true)) {
            Reached begin = one.reached();
            Transaction transaction = one.transaction();
            for (; offset < MORE_THAN_KEPT; offset++) {
                assertThat(one.apply(new Entry(new OperationId(1, offset), 1, 0, new Tick()), offset, 0, transaction))
                        .isNotNull();
            }
            Reached before = one.reached();
            one.commit(transaction);
            assertThat(before).isEqualTo(begin);
            assertThat(one.compare(begin)).isEqualTo(Likeness.UNKNOWN);
            assertThat(one.compare(one.reached())).isEqualTo(Likeness.SAME);
        }
    }

    /** Tables of an earlier version have none: all nodes begin with the report that says so. */
    @Test
    void missingDigestRestartsAll() throws Exception {
        try (Ledger one = open("one", true); Ledger two = open("two", false)) {
            apply(publish("1"), one, two);
            Reached former = one.reached();
            assertThat(two.reached().form()).isEqualTo(EntryDigests.NO_FORM);
            assertThat(one.compare(two.reached())).isEqualTo(Likeness.UNKNOWN);
            assertThat(two.compare(one.reached())).isEqualTo(Likeness.UNKNOWN);
            apply(new ReportNode(2, "two", "", new ReportNode.Incarnation(9, true, 0), 1, two.reached()), one, two);
            assertThat(one.reached()).isEqualTo(two.reached());
            assertThat(two.compare(one.reached())).isEqualTo(Likeness.SAME);
            assertThat(one.compare(former)).as("what it has had before holds").isEqualTo(Likeness.SAME);
            assertThat(two.compare(former)).isEqualTo(Likeness.UNKNOWN);
            apply(publish("2"), one, two);
            assertThat(two.compare(one.reached())).isEqualTo(Likeness.SAME);
        }
        try (Ledger one = open("one", true); Ledger two = open("two", false)) {
            apply(publish("3"), one, two);
            assertThat(two.compare(one.reached())).isEqualTo(Likeness.SAME);
        }
    }

    @Test
    void localLogHasNoDigest() throws Exception {
        try (Ledger one = open("one", true)) {
            apply(publish("1"), one);
            one.leaveLog();
        }
        try (Ledger one = Ledger.open(folder.resolve("one"))) {
            assertThat(one.keepsDigests()).isFalse();
            assertThat(one.reached()).isEqualTo(new Reached(1, EntryDigests.NO_FORM, 0));
        }
    }
}
