package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.RemoveNode;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.Tick;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.LedgerReader.MessageExtent;
import dev.manicule.server.ledger.LedgerReader.MessagePage;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup.Former;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final Channel CHANNEL = new Channel("demo", "chats.room1");

    @TempDir
    private Path folder;
    @TempDir
    private Path elsewhere;
    private Ledger ledger;
    private long timetoken = 17_000_000_000_000_000L;

    @BeforeEach
    void open() throws DataFolderException {
        ledger = Ledger.open(folder);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    /** A change writes the whole group: what makes it larger than it may be is refused, what makes it smaller never. */
    @Test
    void aGroupHasABoundedNumberOfChannelsAndBytes() {
        ChannelGroup group = new ChannelGroup("demo", "g");
        assertThat(done(new ChangeGroup(group, List.of("a", "b", "c"), List.of(), 3)))
                .isEqualTo(new ChangeGroup.Changed());
        assertThat(done(new ChangeGroup(group, List.of("d"), List.of(), 3))).isEqualTo(new ChangeGroup.GroupFull());
        assertThat(done(new ChangeGroup(group, List.of("d"), List.of("a"), 3))).isEqualTo(new ChangeGroup.Changed());
        assertThat(done(new ChangeGroup(group, List.of(), List.of("d"), 1))).as("a limit that was lowered")
                .isEqualTo(new ChangeGroup.Changed());
        assertThat(ledger.reads().groups().getFirst().since().keySet()).containsExactlyInAnyOrder("b", "c");
        Outcome outcome = new ChangeGroup.Changed();
        int channels = 0;
        for (; outcome.equals(new ChangeGroup.Changed()) && channels < 2_000; channels++) {
            outcome = done(new ChangeGroup(group, List.of(channels + "x".repeat(2_000)), List.of()));
        }
        assertThat(outcome).isEqualTo(new ChangeGroup.GroupFull());
        assertThat(channels * 2_000).isBetween(200_000, 300_000);
        assertThat(done(new ChangeGroup(group, List.of(), List.of("b"), 1))).isEqualTo(new ChangeGroup.Changed());
    }

    /** So many start anew with what they had: that should write nothing. */
    @Test
    void aChangeOfAGroupThatChangesNothingWritesNothing() {
        ChannelGroup group = new ChannelGroup("demo", "g");
        done(new ChangeGroup(group, List.of("a"), List.of()));
        Transaction transaction = ledger.transaction();
        Outcome outcome = ledger.apply(new ChangeGroup(group, List.of("a"), List.of("b")), ++timetoken, transaction);
        assertThat(outcome).isEqualTo(new ChangeGroup.Changed());
        assertThat(transaction.groups()).isEmpty();
    }

    /** Subscribers that were away get what happened on a channel while it was in a group. */
    @Test
    void groupRemembersItsFormerChannels() throws Exception {
        ChannelGroup group = new ChannelGroup("demo", "g");
        Channel quiet = new Channel("demo", "quiet");
        Publish publish = new Publish(CHANNEL, new Json("{}".getBytes(StandardCharsets.UTF_8)), null, "alice", null,
                null,
                null, Delivery.STORED);
        done(new ChangeGroup(group, List.of(CHANNEL.name(), quiet.name()), List.of()));
        long in = timetoken;
        done(publish);
        done(new ChangeGroup(group, List.of(), List.of(CHANNEL.name())));
        long out = timetoken;
        done(new ChangeGroup(group, List.of(CHANNEL.name()), List.of()));
        long again = timetoken;
        done(publish);
        done(new DeleteGroup(group));
        assertThat(ledger.reads().groups()).containsExactly(new Members(group, Map.of(),
                List.of(new Former(CHANNEL.name(), in, out), new Former(CHANNEL.name(), again, timetoken))));
        ledger.close();
        ledger = Ledger.open(folder);
        assertThat(ledger.reads().groups().getFirst().former()).hasSize(2);
        timetoken += Timetoken.steps(Duration.ofDays(8));
        done(new ChangeGroup(group, List.of("new"), List.of()));
        assertThat(ledger.reads().groups().getFirst().former()).as("after a week").isEmpty();
    }

    @Test
    void announcementsHaveConsecutiveTimetokens() {
        Channel other = new Channel("demo", "other");
        ChangePresence change = new ChangePresence(1, List.of(new Join(CHANNEL, "alice", 5, null, true),
                new Join(other, "alice", 5, null, false), new Join(CHANNEL, "bob", 5, null, true)));
        assertThat(change.timetokens()).isEqualTo(3);
        assertThat(done(change)).isEqualTo(new ChangePresence.PresenceChanged(timetoken));
        assertThat(ledger.lastTimetoken()).isEqualTo(timetoken + 2);
        List<Event> events = ledger.reads().events(CHANNEL.presence(), 0, Long.MAX_VALUE, timetoken + 2, 10);
        assertThat(events.stream().map(Event::timetoken)).containsExactly(timetoken, timetoken + 2);
        assertThat(new String(events.getLast().envelope(), StandardCharsets.UTF_8))
                .contains("\"d\":{\"action\":\"join\",\"timestamp\":" + Timetoken.seconds(timetoken)
                        + ",\"uuid\":\"bob\",\"occupancy\":2}")
                .doesNotContain("\"e\":", "\"i\":");
        assertThat(ledger.reads().events(other.presence(), 0, Long.MAX_VALUE, timetoken + 2, 10)).isEmpty();
        timetoken += 2;
    }

    @Test
    void userStaysWhileAnyNodeReportsIt() throws Exception {
        done(new ChangePresence(1, List.of(new Join(CHANNEL, "alice", 50, null, true))));
        done(new ChangePresence(2, List.of(new Join(CHANNEL, "alice", 70, null, true))));
        done(new ChangePresence(1, List.of(new Leave(CHANNEL, "alice", true, true))));
        ledger.close();
        ledger = Ledger.open(folder);
        assertThat(leases(1)).isEmpty();
        assertThat(leases(2)).containsExactly(new Join(CHANNEL, "alice", 70, null, true));
        done(new ChangePresence(2, List.of(new Leave(CHANNEL, "alice", false, true),
                new Leave(CHANNEL, "alice", false, true))));
        assertThat(leases(2)).isEmpty();
        assertThat(ledger.reads().events(CHANNEL.presence(), 0, Long.MAX_VALUE, timetoken, 10)).hasSize(2);
    }

    @Test
    void deferredJoinIsAnnouncedBeforeOtherReports() {
        Json state = new Json("{}".getBytes(StandardCharsets.UTF_8));
        done(new ChangePresence(12, List.of(new Join(CHANNEL, "alice", 50, null, false, true),
                new Join(CHANNEL, "bob", 50, null, false, true), new Join(CHANNEL, "carol", 50, null, false, true))));
        long from = timetoken;
        ChangePresence byAnother = new ChangePresence(13, List.of(new LeaveEverywhere(CHANNEL, "alice", null, true),
                new SetState(CHANNEL, "bob", state, true), new LeaveEverywhere(CHANNEL, "carol", "group", true)));
        assertThat(byAnother.timetokens()).isEqualTo(6);
        done(byAnother);
        assertThat(ledger.lastTimetoken()).isEqualTo(timetoken + 5);
        assertThat(ledger.reads()
                .events(CHANNEL.presence(), from, Long.MAX_VALUE, timetoken + 5, 10)
                .stream()
                .map(event -> event.timetoken() - timetoken + " "
                        + new String(event.envelope(), StandardCharsets.UTF_8)
                                .replaceAll(".*\"action\":\"|\"timestamp\".*\"uuid\":|}.*", "")))
                .containsExactly("0 join\",\"alice\",\"occupancy\":1", "1 leave\",\"alice\",\"occupancy\":0",
                        "2 join\",\"bob\",\"occupancy\":1", "3 state-change\",\"bob\",\"data\":{");
        timetoken += 5;
        done(new ChangePresence(12, List.of(new Join(CHANNEL, "bob", 50, null, true),
                new Join(CHANNEL, "carol", 50, null, true))));
        assertThat(ledger.reads().events(CHANNEL.presence(), timetoken - 1, Long.MAX_VALUE, timetoken + 1, 10))
                .as("of bob there is nothing new")
                .singleElement()
                .satisfies(event -> assertThat(new String(event.envelope(), StandardCharsets.UTF_8))
                        .contains("carol", "\"occupancy\":2"));
        timetoken += 1;
    }

    /** Some commands take several timetokens, and a period may begin with any of them. */
    @Test
    void requestIsKnownAcrossAPeriodBoundary() {
        long border = timetoken / Timetoken.SHORTLY * Timetoken.SHORTLY;
        done(new ChangePresence(12, users(CHANNEL, 20)));
        timetoken += 20;
        for (Command<?> command : List.of(new ChangePresence(13, users(CHANNEL, 20)),
                new RemoveNode(12, Long.MAX_VALUE, 500))) {
            border += Timetoken.SHORTLY;
            timetoken = border - 100;
            Idempotent<Publish.Outcome> request = new Idempotent<>(
                    new Publish(CHANNEL, new Json("1".getBytes(StandardCharsets.UTF_8)), null, null, null,
                            null, null, Delivery.STORED),
                    new IdempotencyKey(ByteBuffer.allocate(16).putLong(border).array(), new byte[16], false));
            Outcome first = done(request);
            timetoken = border - 10;
            done(command);
            assertThat(ledger.lastTimetoken()).isGreaterThan(border);
            timetoken = border + 600;
            assertThat(done(request)).isEqualTo(first);
            border += 2 * Timetoken.SHORTLY;
            timetoken = border;
            done(new Tick());
        }
    }

    /** It was in doubt, its process was killed, and the next one is the node by now. */
    @Test
    void theFirstReportOfAStartThatComesLateDoesNothing() {
        assertThat(done(report(1, true, 0))).isEqualTo(new ReportNode.NodeReported());
        assertThat(done(report(2, true, 1))).isEqualTo(new ReportNode.NodeReported());
        assertThat(done(report(3, true, 1))).isEqualTo(new ReportNode.NodeReplaced());
        assertThat(done(report(2, false, 0))).isEqualTo(new ReportNode.NodeReported());
        assertThat(done(report(1, false, 0))).isEqualTo(new ReportNode.NodeReplaced());
        assertThat(ledger.reads().nodes()).extracting(LedgerReader.Node::incarnation).containsExactly(2L);
    }

    private static ReportNode report(long incarnation, boolean isFirst, long before) {
        return new ReportNode(12, "n", "", new ReportNode.Incarnation(incarnation, isFirst, before), 1,
                new ReportNode.Reached(0, 0, 0));
    }

    @Test
    void usersOfARemovedNodeAreAnnouncedTogether() {
        Channel other = new Channel("demo", "other");
        done(new ChangePresence(12, users(CHANNEL, 25)));
        timetoken += 25;
        done(new ChangePresence(12, users(other, 20)));
        timetoken += 20;
        done(new ChangePresence(13, List.of(new Join(CHANNEL, "u07", 50, null, true))));
        assertThat(done(new RemoveNode(12, timetoken - 22, 500))).isEqualTo(new RemoveNode.NodeSeen());
        RemoveNode remove = new RemoveNode(12, timetoken, 500);
        assertThat(done(remove)).isEqualTo(new RemoveNode.NodeRemoved(45, false));
        timetoken += remove.timetokens();
        assertThat(leases(12)).isEmpty();
        assertThat(ledger.reads().nodes()).extracting(LedgerReader.Node::number).containsExactly(13L);
        List<String> told = announcements(CHANNEL);
        assertThat(told).hasSize(25 + 1);
        assertThat(told.getLast()).contains("{\"action\":\"interval\"", "\"timeout\":[\"u00\",", "\"u06\",\"u08\"",
                "\"u24\"],\"occupancy\":1}");
        assertThat(announcements(other).subList(20, 40))
                .allSatisfy(each -> assertThat(each).contains("{\"action\":\"timeout\""));
    }

    @Test
    void tooManyRemovedUsersAnnounceARefresh() {
        done(new ChangePresence(12, users(CHANNEL, Interval.MOST_NAMES + 1)));
        timetoken += Interval.MOST_NAMES;
        assertThat(done(new RemoveNode(12, timetoken, 500)))
                .isEqualTo(new RemoveNode.NodeRemoved(Interval.MOST_NAMES + 1, false));
        assertThat(announcements(CHANNEL)).last()
                .asString()
                .contains("\"here_now_refresh\":true,\"occupancy\":0}")
                .doesNotContain("u00");
    }

    private List<PresenceChange> users(Channel channel, int count) {
        List<PresenceChange> joins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            joins.add(new Join(channel, "u%02d".formatted(i), 50, null, true));
        }
        return joins;
    }

    private List<String> announcements(Channel channel) {
        return ledger.reads()
                .events(channel.presence(), 0, Long.MAX_VALUE, timetoken, 1_000)
                .stream()
                .map(event -> new String(event.envelope(), StandardCharsets.UTF_8))
                .toList();
    }

    private List<Join> leases(long node) {
        List<Join> leases = new ArrayList<>();
        ledger.reads().leases(node, leases::add);
        return leases;
    }

    private Outcome done(Command<?> command) {
        Transaction transaction = ledger.transaction();
        Outcome outcome = ledger.apply(command, ++timetoken, transaction);
        ledger.commit(transaction);
        return outcome;
    }

    /** Removes all rows that nobody sees; gives in how many slices. */
    private int removeRows() {
        int slices = 0;
        while (ledger.hasRowsToRemove()) {
            boolean _ = ledger.removeRows();
            slices++;
        }
        return slices;
    }

    private int copies;

    private long rows(String table) throws Exception {
        Path copy = folder.resolveSibling(folder.getFileName() + "-copy-" + copies++);
        ledger.copyTables(copy);
        try (Snapshot snapshot = Snapshot.open(copy)) {
            long[] count = new long[1];
            snapshot.walk(snapshot.tables.of(table), new byte[0], new byte[0], (key, row) -> count[0]++);
            return count[0];
        }
    }

    private static Publish publish(String json, Delivery delivery) {
        return new Publish(CHANNEL, new Json(json.getBytes(StandardCharsets.UTF_8)), null, "alice", null, null, null,
                delivery);
    }

    private List<String> events() {
        return ledger.reads()
                .events(CHANNEL, 0, timetoken, timetoken, 1000)
                .stream()
                .map(event -> new String(event.envelope(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void uncommittedTransactionIsInvisible() {
        Transaction transaction = ledger.transaction();
        ledger.apply(publish("1", Delivery.STORED), ++timetoken, transaction);
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isZero();
        assertThat(events()).isEmpty();
        ledger.commit(transaction);
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isEqualTo(1);
        assertThat(events()).hasSize(1);
    }

    /** A batch whose commit fails must be able to be tried again, whatever stood in it. */
    @Test
    void uncommittedDeletionWritesNothing() {
        done(publish("1", Delivery.STORED));
        {
            Transaction transaction = ledger.transaction();
            ledger.apply(publish("2", Delivery.STORED), ++timetoken, transaction);
            ledger.apply(new DeleteMessages(CHANNEL, new Range(0, timetoken - 1, false)), ++timetoken, transaction);
        }
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isEqualTo(1);
        {
            Transaction transaction = ledger.transaction();
            ledger.apply(publish("3", Delivery.STORED), ++timetoken, transaction);
            ledger.apply(new DeleteMessages(CHANNEL, Range.ALL), ++timetoken, transaction);
            ledger.commit(transaction);
        }
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).as("what the transaction itself holds as well")
                .isZero();
    }

    @Test
    void equalAddsOfOneTransactionYieldOneAction() {
        Transaction transaction = ledger.transaction();
        AddAction add = new AddAction(CHANNEL, 5, "reaction", "smile", "alice");
        assertThat(ledger.apply(add, ++timetoken, transaction)).isInstanceOf(AddAction.Added.class);
        assertThat(ledger.apply(add, ++timetoken, transaction)).isInstanceOf(AddAction.AlreadyAdded.class);
        ledger.commit(transaction);
        assertThat(ledger.reads().actions(CHANNEL, Range.ALL, 10, 10_000).rows()).hasSize(1);
    }

    @Test
    void aMessageHasAtMost25000Actions() {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < Ledger.MAX_ACTIONS_PER_MESSAGE; i++) {
            Outcome outcome = ledger.apply(new AddAction(CHANNEL, 5, "r", "v" + i, "a"), ++timetoken, transaction);
            assertThat(outcome).isInstanceOf(AddAction.Added.class);
        }
        ledger.commit(transaction);
        assertThat(done(new AddAction(CHANNEL, 5, "r", "one more", "a"))).isEqualTo(new AddAction.TooManyActions());
        long last = timetoken - 1;
        assertThat(done(new RemoveAction(CHANNEL, 5, last, "a"))).isEqualTo(new RemoveAction.Removed());
        assertThat(done(new AddAction(CHANNEL, 5, "r", "one more", "a"))).isInstanceOf(AddAction.Added.class);
    }

    @Test
    void aLargeDeletionHappensAtOnceAndItsRowsGoLater() throws Exception {
        addMany(12_000);
        done(new DeleteMessages(CHANNEL, Range.ALL));
        for (boolean isRemoved : new boolean[]{false, true}) {
            assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isZero();
            assertThat(ledger.reads().actions(CHANNEL, Range.ALL, 10, 10_000).rows()).isEmpty();
            assertThat(events()).isEmpty();
            assertThat(rows("messages")).isEqualTo(isRemoved ? 0 : 12_000);
            if (!isRemoved) {
                ledger.close();
                ledger = Ledger.open(folder);
                assertThat(removeRows()).as("slices").isGreaterThan(10);
            }
        }
        assertThat(rows("actions") + rows("actionsByMessage") + rows("feed") + rows("deletions")).isZero();
    }

    /** Most rows of a large deletion go as ranges. */
    @Test
    void messagesAfterALargeDeletionStay() throws Exception {
        done(publish("1", Delivery.STORED));
        long old = timetoken;
        addMany(12_000);
        done(new DeleteMessages(CHANNEL, Range.ALL));
        long deletion = timetoken;
        assertThat(ledger.transaction().tables().state().visible(CHANNEL).keptOf(Range.ALL).from())
                .as("nobody reads what is deleted")
                .isEqualTo(deletion);
        done(publish("2", Delivery.STORED));
        done(new AddAction(CHANNEL, timetoken, "r", "v", "a"));
        done(new AddAction(CHANNEL, old, "r", "v", "a"));
        for (int slices = 0; ledger.removeRows(); slices++) {
            if (slices == 12) {
                assertThat(rows("messages")).as("slices are left, of facts alone").isEqualTo(1);
                assertThat(rows("actionsByMessage")).isGreaterThan(4);
                assertSound();
            }
        }
        assertSound();
        assertThat(ledger.hasRoomToFree()).isTrue();
        ledger.freeRoom();
        assertThat(ledger.hasRoomToFree()).isFalse();
        assertSound();
        assertThat(rows("messages")).isEqualTo(1);
        assertThat(rows("actions")).isEqualTo(2);
        assertThat(rows("actionsByMessage")).as("two actions, each with a tally and a count").isEqualTo(6);
        assertThat(rows("actionsByUser")).isEqualTo(2);
        assertThat(rows("feed")).isEqualTo(3);
        assertThat(events()).hasSize(3);
        assertThat(ledger.reads().actions(CHANNEL, Range.ALL, 10, 10_000).rows()).hasSize(2);
    }

    private void assertSound() throws Exception {
        Path copy = folder.resolveSibling(folder.getFileName() + "-copy-" + copies++);
        ledger.copyTables(copy);
        try (Snapshot snapshot = Snapshot.open(copy)) {
            assertThat(IntegrityCheck.of(snapshot, Progress.NONE).findings()).isEmpty();
        }
    }

    /** Walks go over what is hidden in one step, either way. */
    @Test
    void pagesOmitDeletedRows() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Channel channel = new Channel("demo", "seed" + seed);
            TreeSet<Long> left = new TreeSet<>();
            Transaction transaction = ledger.transaction();
            long first = timetoken + 1;
            for (int i = 0; i < 200; i++) {
                ledger.apply(new Publish(channel, new Json("1".getBytes(StandardCharsets.UTF_8)), null, null, null,
                        null, null, Delivery.STORED), ++timetoken, transaction);
                left.add(timetoken);
                if (random.nextInt(40) == 0) {
                    long from = random.nextInt(4) == 0 ? 0 : first + random.nextInt(i + 1);
                    long to = from + random.nextInt(400);
                    ledger.apply(new DeleteMessages(channel, new Range(from, to, false)), ++timetoken, transaction);
                    left.subSet(from, true, to, true).clear();
                }
            }
            ledger.commit(transaction);
            for (long from : new long[]{0, first + random.nextInt(200)}) {
                List<Long> expected = new ArrayList<>(left.tailSet(from));
                for (boolean isNewest : new boolean[]{false, true}) {
                    int most = 1 + random.nextInt(100);
                    List<Long> page = isNewest
                            ? expected.subList(Math.max(expected.size() - most, 0), expected.size())
                            : expected.subList(0, Math.min(most, expected.size()));
                    assertThat(ledger.reads()
                            .messages(channel, new Range(from, Long.MAX_VALUE, isNewest), most,
                                    LedgerReader.WithActions.NONE, 1 << 20)
                            .messages()).as("seed %s", seed).extracting(Message::timetoken).isEqualTo(page);
                }
                assertThat(ledger.reads().countMessages(channel, Math.max(from - 1, 0), 1_000))
                        .isEqualTo(expected.size());
            }
        }
    }

    /** An action can be put on what was deleted, before and after its rows are removed. */
    @Test
    void rowsAfterADeletionStay() throws Exception {
        done(publish("1", Delivery.STORED));
        long message = timetoken;
        AddAction add = new AddAction(CHANNEL, message, "r", "v", "a", false, 150);
        done(add);
        done(new AddAction(CHANNEL, message, "r", "w", "a"));
        done(new RemoveAction(CHANNEL, message, timetoken, "a"));
        done(new DeleteMessages(CHANNEL, new Range(message, message, false)));
        assertThat(done(new AddAction(CHANNEL, message, "r", "v", "a", true, 150)))
                .isEqualTo(new AddAction.NoSuchMessage());
        assertThat(done(new RemoveAction(CHANNEL, message, message + 1, "a")))
                .isEqualTo(new RemoveAction.NoSuchAction());
        assertThat(done(add)).as("nothing is on it any more").isInstanceOf(AddAction.Added.class);
        long added = timetoken;
        assertThat(events()).singleElement().asString().contains("\"added\"", "" + added);
        removeRows();
        assertThat(events()).singleElement().asString().contains("\"added\"", "" + added);
        assertThat(done(add)).isEqualTo(new AddAction.AlreadyAdded());
        assertThat(done(new RemoveAction(CHANNEL, message, added, "a")))
                .isEqualTo(new RemoveAction.Removed());
        assertThat(rows("actions")).isZero();
        assertThat(rows("actionsByMessage")).as("what was removed, and the count of none").isEqualTo(2);
        assertThat(rows("actionsByUser")).isZero();
    }

    /** More of them than a slice has rows, so that a slice may not begin with them again and again. */
    @Test
    void deletionCompletesDespiteManyLaterActions() throws Exception {
        done(publish("1", Delivery.STORED));
        long message = timetoken;
        done(new DeleteMessages(CHANNEL, Range.ALL));
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < 5_000; i++) {
            assertThat(ledger.apply(new AddAction(CHANNEL, message, "r", "v" + i, "a"), ++timetoken, transaction))
                    .isInstanceOf(AddAction.Added.class);
        }
        ledger.commit(transaction);
        assertThat(removeRows()).isBetween(10, 20);
        assertThat(rows("actions")).isEqualTo(5_000);
        assertThat(rows("messages")).isZero();
    }

    private void addMany(int messages) {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < messages; i++) {
            ledger.apply(publish("" + i, Delivery.STORED), ++timetoken, transaction);
            ledger.apply(new AddAction(CHANNEL, timetoken, "r", "v", "a"), ++timetoken, transaction);
        }
        ledger.commit(transaction);
    }

    @Test
    void expiryIsImmediateAndItsRowsGoLater() throws Exception {
        addMany(5_000);
        long old = timetoken;
        long expired = old - 1; // the last of the old messages
        timetoken += 1_000;
        done(new AddAction(CHANNEL, expired, "r", "young", "a"));
        long young = timetoken;
        done(publish("\"young\"", Delivery.STORED));
        timetoken = old + 1_000_000;
        done(new Retain("demo", 1_000_000 - 500));
        for (boolean isRemoved : new boolean[]{false, true}) {
            assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isEqualTo(1);
            assertThat(ledger.reads().actions(CHANNEL, Range.ALL, 10, 10_000).rows()).singleElement()
                    .satisfies(row -> assertThat(Actions.read(row).value()).isEqualTo("young"));
            assertThat(events()).hasSize(2);
            assertThat(ledger.reads().channels("demo", "", 0, null, 10).channels()).containsExactly(CHANNEL);
            assertThat(done(new AddAction(CHANNEL, expired, "r", "young", "a"))).isEqualTo(
                    new AddAction.AlreadyAdded());
            assertThat(rows("messages")).isEqualTo(isRemoved ? 1 : 5_001);
            ledger.sweep();
            assertThat(removeRows()).isGreaterThanOrEqualTo(isRemoved ? 1 : 10);
        }
        assertThat(done(new AddAction(CHANNEL, expired, "r", "v", "a", false, 150)))
                .as("what is too old neither is in the way nor is counted")
                .isInstanceOf(AddAction.Added.class);
        timetoken = young + 1_000_000;
        done(new Retain("demo", Retain.FOREVER));
        assertThat(ledger.reads().actions(CHANNEL, Range.ALL, 10, 10_000).rows()).as("what is gone stays gone")
                .hasSize(1);
        assertThat(ledger.reads().channels("demo", "", 0, null, 10).channels()).containsExactly(CHANNEL);
        ledger.sweep();
        removeRows();
        assertThat(rows("actionsByMessage")).as("an action, its tally and their number").isEqualTo(3);
        assertThat(rows("actionsByUser")).isEqualTo(1);
    }

    /** The last action of a message was too old when another one was removed from it: the removal is what is known last. */
    @Test
    void expiryInPartsLeavesNoRow() throws Exception {
        done(new AddAction(CHANNEL, 5, "r", "v", "a"));
        done(new AddAction(CHANNEL, 5, "r", "w", "a"));
        long second = timetoken;
        timetoken += 1_000;
        done(new RemoveAction(CHANNEL, 5, second, "a"));
        long removal = timetoken;
        for (long horizon : new long[]{removal - 500, removal + 1}) {
            timetoken = horizon + 10_000;
            done(new Retain("demo", 10_001));
            ledger.sweep();
            removeRows();
        }
        assertThat(rows("actionsByMessage") + rows("actions") + rows("feed")).isZero();
    }

    @Test
    void messageExpiresWithItsActions() throws Exception {
        Publish publish = publish("1", Delivery.STORED);
        done(new Publish(CHANNEL, publish.payload(), null, "alice", null, null, null, Delivery.STORED).lasting(100));
        long message = timetoken;
        done(new AddAction(CHANNEL, message, "r", "v", "a"));
        done(publish("2", Delivery.STORED));
        assertThat(ledger.due()).isEqualTo(message + 100);
        ledger.close();
        ledger = Ledger.open(folder);
        assertThat(ledger.due()).isEqualTo(message + 100);
        timetoken = message + 98;
        done(new Tick());
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isEqualTo(2);
        done(new Tick());
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isEqualTo(1);
        assertThat(ledger.reads().actions(CHANNEL, Range.ALL, 10, 10_000).rows()).isEmpty();
        assertThat(events()).singleElement().asString().contains("\"d\":2");
        assertThat(ledger.due()).isEqualTo(Long.MAX_VALUE);
        removeRows();
        assertThat(rows("messages")).isEqualTo(1);
        assertThat(rows("expiries") + rows("actionsByMessage")).isZero();
    }

    /** Two deletions at one timetoken that begin with the same message: the end of one is not that of the other. */
    @Test
    void aDeletionAtTheMomentOfAnExpiryKeepsItsRow() throws Exception {
        Json payload = publish("1", Delivery.STORED).payload();
        done(new Publish(CHANNEL, payload, null, "alice", null, null, null, Delivery.STORED).lasting(10_000));
        long message = timetoken;
        addMany(2_000);
        timetoken = message + 9_999;
        done(new DeleteMessages(CHANNEL, new Range(message, message + 4_000, false)));
        assertThat(ledger.deletionsPending()).isEqualTo(2);
        assertThat(ledger.removeRows()).isTrue();
        assertThat(rows("deletions")).as("one is done, one is not").isEqualTo(1);
        ledger.close();
        ledger = Ledger.open(folder);
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isZero();
        removeRows();
        assertThat(rows("messages") + rows("deletions")).isZero();
    }

    /** A message is deleted by a request that comes at the moment in which it expires: that is one deletion, not two. */
    @Test
    void deletionAndExpiryApplyOnce() throws Exception {
        Json payload = publish("1", Delivery.STORED).payload();
        done(new Publish(CHANNEL, payload, null, "alice", null, null, null, Delivery.STORED).lasting(10_000));
        long message = timetoken;
        timetoken = message + 9_999;
        done(new DeleteMessages(CHANNEL, new Range(message, message, false)));
        assertThat(ledger.deletionsPending()).isEqualTo(1);
        removeRows();
        assertThat(ledger.deletionsPending()).isZero();
        assertThat(rows("messages") + rows("deletions")).isZero();
    }

    /** However many expire together, a command has only so much to do. */
    @Test
    void veryManyMessagesExpireInParts() {
        Transaction transaction = ledger.transaction();
        Json payload = publish("1", Delivery.STORED).payload();
        for (int i = 0; i < 1_000; i++) {
            ledger.apply(new Publish(CHANNEL, payload, null, "alice", null, null, null, Delivery.STORED).lasting(5_000),
                    ++timetoken, transaction);
        }
        ledger.commit(transaction);
        timetoken += 10_000;
        int ticks = 0;
        for (; ledger.due() <= timetoken + 1; ticks++) {
            done(new Tick());
        }
        assertThat(ticks).isEqualTo(2);
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isZero();
    }

    @Test
    void oldRequestsAndTransientEventsAreRemoved() throws Exception {
        done(publish("1", Delivery.TRANSIENT));
        assertThat(rows("recent")).as("an event, and its place in the order of all").isEqualTo(2);
        timetoken += Timetoken.SHORTLY;
        done(publish("2", Delivery.TRANSIENT));
        assertThat(rows("recent")).isEqualTo(4);
        timetoken += Timetoken.SHORTLY;
        done(publish("3", Delivery.TRANSIENT));
        assertThat(rows("recent")).isEqualTo(4);
    }

    @Test
    void transientEventsAreKeptForTwentyMinutes() {
        done(publish("\"kept\"", Delivery.STORED));
        done(publish("\"transient\"", Delivery.TRANSIENT));
        assertThat(events()).hasSize(2);
        timetoken += Timetoken.SHORTLY + 1;
        assertThat(events()).singleElement().asString().contains("\"kept\"");
    }

    @Test
    void envelopesFollowTheProtocol() {
        done(new Publish(CHANNEL, new Json("{\"a\":1}".getBytes(StandardCharsets.UTF_8)),
                new Json("{\"m\":2}".getBytes(StandardCharsets.UTF_8)), "al\"ice", "my-type", 7L,
                new Json("{\"t\":\"1\"}".getBytes(StandardCharsets.UTF_8)), Delivery.STORED));
        done(publish("1", Delivery.SIGNAL));
        done(new AddAction(CHANNEL, 15_725_459_448_096_144L, "reaction", "winky_face", "SomeUser"));
        assertThat(events()).containsExactly(
                """
                        {"a":"1","f":514,"i":"al\\"ice","p":{"t":"17000000000000001","r":1},"k":"demo","c":"chats.room1",\
                        "s":7,"o":{"t":"1"},"u":{"m":2},"cmt":"my-type","d":{"a":1}""",
                """
                        {"a":"1","f":514,"e":1,"i":"alice","p":{"t":"17000000000000002","r":1},"k":"demo","c":"chats.room1",\
                        "d":1""",
                """
                        {"a":"1","f":514,"e":3,"i":"SomeUser","p":{"t":"17000000000000003","r":1},"k":"demo",\
                        "c":"chats.room1","d":{"source":"actions","version":"1.0","event":"added","data":{\
                        "messageTimetoken":"15725459448096144","type":"reaction","value":"winky_face",\
                        "actionTimetoken":"17000000000000003"},"count":1}""");
    }

    @Test
    void eventsAreReadWithinTheirBounds() {
        for (int i = 1; i <= 5; i++) {
            done(publish("" + i, Delivery.STORED));
        }
        long first = timetoken - 4;
        List<Long> found = ledger.reads()
                .events(CHANNEL, first, timetoken - 1, timetoken, 2)
                .stream()
                .map(Event::timetoken)
                .toList();
        assertThat(found).containsExactly(first + 1, first + 2);
        assertThat(ledger.reads().events(CHANNEL, timetoken, timetoken, timetoken, 5)).isEmpty();
        assertThat(ledger.reads().events(CHANNEL, Long.MAX_VALUE, timetoken, timetoken, 5)).isEmpty();
    }

    @Test
    void pageIsBoundedAndHasAtLeastOneMessage() {
        String large = "\"" + "x".repeat(10_000) + "\"";
        for (int i = 0; i < 5; i++) {
            done(publish(large, Delivery.STORED));
        }
        var page = ledger.reads().messages(CHANNEL, Range.ALL, 100, LedgerReader.WithActions.NONE, 25_000);
        assertThat(page.messages()).hasSize(2);
        assertThat(page.rest()).isEqualTo(LedgerReader.Rest.TOO_LARGE);
        assertThat(ledger.reads().messages(CHANNEL, Range.ALL, 100, LedgerReader.WithActions.NONE, 1).messages())
                .hasSize(1);
    }

    @Test
    void pageBoundsTheActionsOfAMessage() {
        long message = ((Publish.Published) done(publish("1", Delivery.STORED))).timetoken();
        String value = "x".repeat(30_000);
        for (int i = 0; i < 200; i++) { // 6 MB, as an earlier version stored without a limit
            done(new AddAction(CHANNEL, message, "t", value + i, "u"));
        }
        MessagePage page = ledger.reads().messages(CHANNEL, Range.ALL, 10, LedgerReader.WithActions.ALL, 1 << 20);
        assertThat(page.messages()).singleElement().satisfies(only -> {
            assertThat(only.on().hasMore()).isTrue();
            assertThat(30_000L * only.on().groups().size()).isBetween(3_900_000L,
                    4_300_000L);
        });
        MessageExtent extent = ledger.reads().extent(CHANNEL, Range.ALL, 10, LedgerReader.WithActions.ALL, 1 << 20);
        assertThat(extent.lowest()).isEqualTo(message).isEqualTo(extent.highest());
    }

    @Test
    void theExtentOfAPageIsThatOfItsMessages() {
        for (int i = 0; i < 50; i++) {
            done(publish("\"" + "x".repeat(100 * i) + "\"", Delivery.STORED));
        }
        for (int bytes : new int[]{100, 5_000, 1 << 20}) {
            for (boolean newest : new boolean[]{true, false}) {
                Range range = new Range(0, Long.MAX_VALUE, newest);
                MessagePage page = ledger.reads().messages(CHANNEL, range, 40, LedgerReader.WithActions.NONE, bytes);
                MessageExtent extent = ledger.reads().extent(CHANNEL, range, 40, LedgerReader.WithActions.NONE, bytes);
                assertThat(extent.lowest()).isEqualTo(page.messages().getFirst().timetoken());
                assertThat(extent.highest()).isEqualTo(page.messages().getLast().timetoken());
                assertThat(extent.rest()).isEqualTo(page.rest());
            }
        }
    }

    @Test
    void actionBytesPerMessageAreBounded() {
        long most = 2L * ActionCount.bytes("t", "v", "u1");
        assertThat(done(new AddAction(CHANNEL, 5, "t", "v", "u1", false, most))).isInstanceOf(AddAction.Added.class);
        AddAction.Added second = (AddAction.Added) done(new AddAction(CHANNEL, 5, "t", "v", "u2", false, most));
        assertThat(done(new AddAction(CHANNEL, 5, "t", "v", "u3", false, most)))
                .isInstanceOf(AddAction.TooManyBytes.class);
        done(new RemoveAction(CHANNEL, 5, second.action().actionTimetoken(), "u2"));
        assertThat(done(new AddAction(CHANNEL, 5, "t", "v", "u3", false, most))).isInstanceOf(AddAction.Added.class);
    }

    private Path copyOfTables(String name) throws Exception {
        Path copy = Files.createDirectories(elsewhere.resolve(name));
        Files.createDirectories(copy.resolve("tables"));
        Files.copy(folder.resolve("FORMAT"), copy.resolve("FORMAT"));
        try (Stream<Path> files = Files.list(folder.resolve("tables"))) {
            for (Path file : files.toList()) {
                try {
                    Files.copy(file, copy.resolve("tables").resolve(file.getFileName()));
                } catch (NoSuchFileException e) {
                    // RocksDB has replaced it meanwhile
                }
            }
        }
        return copy;
    }

    private void commit(String text, long offset) {
        Json payload = new Json(('"' + text + '"').getBytes(StandardCharsets.UTF_8));
        Transaction transaction = ledger.transaction();
        Publish publish = new Publish(CHANNEL, payload, null, null, null, null, null, Delivery.STORED);
        Object _ = ledger.apply(new Entry(new OperationId(1, offset), Ledger.RULES, 0, publish), offset, 0,
                transaction);
        ledger.commit(transaction);
    }

    /** What is below that offset is released from the log. */
    @Test
    void flushReportsOnlyWhatIsOnDisk() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        Thread committing = new Thread(() -> {
            for (long offset = 0; !isOver.get(); offset++) {
                commit("x", offset);
            }
        });
        committing.start();
        try {
            for (int round = 0; round < 3; round++) { // with four files, RocksDB would make one of them, amid the copying
                long flushed = ledger.flush();
                try (Ledger onDisk = Ledger.open(copyOfTables("copy" + round))) {
                    assertThat(onDisk.applied()).isGreaterThanOrEqualTo(flushed);
                }
            }
        } finally {
            isOver.set(true);
            committing.join();
        }
    }

    /** RocksDB writes a table out by itself when much of it is in memory: then all others too. */
    @Test
    void spontaneousFlushHasOneOffset() throws Exception {
        String text = "x".repeat(1 << 20);
        long offset = 0;
        while (offset < 80) {
            commit(text, offset++);
        }
        LedgerInTests.kill(ledger);
        ledger = Ledger.open(folder);
        assertThat(ledger.applied()).as("something was written out").isPositive();
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 1_000)).isEqualTo((int) ledger.applied());
    }

    /** What is in memory of the tables is never ahead of them. */
    @Test
    void failedCommitChangesNothing() throws Exception {
        commit("one", 0);
        long last = ledger.lastTimetoken();
        Tables tables = ledger.transaction().tables();
        tables.db.dropColumnFamily(tables.of(Messages.TABLE)); // so that RocksDB refuses the write
        assertThatThrownBy(() -> commit("two", 1)).isInstanceOf(StorageException.class);
        assertThat(ledger.lastTimetoken()).isEqualTo(last);
        assertThat(ledger.applied()).isEqualTo(1);
    }

    @Test
    void readsFailWhenTablesCannotReopen() throws Exception {
        ledger.flush();
        Path current = folder.resolve("tables/CURRENT");
        byte[] was = Files.readAllBytes(current);
        Files.delete(current);
        Thread recovering = new Thread(() -> assertThatThrownBy(ledger::recover).isInstanceOf(StorageException.class));
        recovering.start();
        recovering.join();
        CompletableFuture<Integer> read = CompletableFuture
                .supplyAsync(() -> ledger.reads().countMessages(CHANNEL, 0, 10));
        assertThatThrownBy(() -> read.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(StorageException.class)
                .hasMessageContaining("tables are closed");
        assertThat(ledger.metric(StorageMetric.MEMTABLE_BYTES)).isNaN();
        Files.write(current, was);
        ledger.recover(); // any thread may
        ledger.admitReaders();
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).isZero();
    }
}
