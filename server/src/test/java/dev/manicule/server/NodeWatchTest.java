package dev.manicule.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.Tick;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.journal.JournalOfATest;
import dev.manicule.server.journal.LogJournal;
import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader.ChannelUser;
import dev.manicule.server.ledger.LedgerReader.Node;
import dev.manicule.server.ledger.LedgerReader.UserPlace;
import dev.manicule.server.ledger.Likeness;
import dev.manicule.server.ledger.OtherRules;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.MemoryLink;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.log.SharedMemoryLog;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import dev.manicule.server.presence.Holder;
import dev.manicule.server.presence.PresenceService;
import dev.manicule.server.presence.PresenceSettings;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two or three nodes over one log, whose clock the test moves; a node lives as long as the test has it look. */
class NodeWatchTest {
    private static final Channel ROOM = new Channel("demo", "room");
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    @TempDir
    private Path folder;
    private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.ofEpochSecond(1_800_000_000));
    private final List<MemoryLink> links = Stream.generate(MemoryLink::new).limit(10).toList();
    private final SharedMemoryLog<Entry> memory = new SharedMemoryLog<>(0, clock::get, System::nanoTime, links);
    private final List<PresentNode> nodes = new ArrayList<>();
    private int opened;

    @AfterEach
    void close() {
        nodes.forEach(PresentNode::close);
    }

    /** The log, for one more start of a node. */
    private Log<Entry> log() {
        Log<Entry> log = memory.open(links.get(opened));
        opened++;
        return log;
    }

    /** What a server does of presence. */
    private final class PresentNode {
        final Ledger ledger;
        final LogJournal journal;
        final PresenceService presence;
        final NodeWatch watch;
        final Budget budget = new Budget(new Limits());
        final List<String> told = new CopyOnWriteArrayList<>();
        final AtomicReference<@Nullable NodeWatch> watching = new AtomicReference<>();
        final List<String> ended = new CopyOnWriteArrayList<>();
        final Client client = budget.connection(InetAddress.ofLiteral("192.0.2.1")).of("demo");

        PresentNode(String name, long number, long incarnation) throws Exception {
            this(name, number, new NodeWatch.Self(number, name, "", incarnation), log());
        }

        PresentNode(String directory, long number, NodeWatch.@Nullable Self self, Log<Entry> log) throws Exception {
            this(Ledger.open(folder.resolve(directory)), number, self, log);
        }

        PresentNode(Ledger ledger, long number, NodeWatch.@Nullable Self self, Log<Entry> log) throws Exception {
            this.ledger = ledger;
            if (log.isShared() && !ledger.keepsDigests()) {
                ledger.keepDigests(true);
            }
            AtomicReference<@Nullable PresenceService> present = new AtomicReference<>();
            journal = new LogJournal(log, ledger, TimetokenClock.ofLog(ledger.lastTimetoken()),
                    commit -> committed(commit, number, present.get()), budget,
                    self == null ? System.nanoTime() : self.incarnation(), Runnable::run, true);
            presence = new PresenceService(journal, number, channel -> true, (group, channel) -> true,
                    System::nanoTime, PresenceSettings.DEFAULT, new Limits());
            present.set(presence);
            ledger.reads().leases(number, presence.restoring(keyset -> client));
            presence.start();
            watch = NodeWatch.stepped(ledger, journal, self, ended::add, System::nanoTime);
            watching.set(watch);
            nodes.add(this);
        }

        private void committed(Commit commit, long number, @Nullable PresenceService reporting) {
            for (Event event : commit.events()) {
                String text = new String(event.envelope(), StandardCharsets.UTF_8);
                told.add(text.replaceAll(".*\"action\":\"([a-z-]+)\".*?\"uuid\":\"([a-z]+)\".*", "$1 $2"));
            }
            NodeWatch present = watching.get();
            if (present != null) {
                commit.ofNodes().reports().forEach(present::heard);
            }
            if (reporting != null && commit.ofNodes().removed().contains(number)) {
                reporting.reportAgain(client);
            }
            if (reporting != null) {
                reporting.heard(commit.ofNodes().notices(), keyset -> client);
            }
        }

        void beat(String uuid) throws Exception {
            report((who, now) -> {
                who.heartbeat(Holder.of(client), "demo", uuid, ROOM.name(), null, 10 * MINUTE, null, now);
                return false;
            });
        }

        void leave(String uuid) throws Exception {
            report((who, now) -> {
                who.leave("demo", uuid, ROOM.name(), null, now);
                return false;
            });
        }

        void beatByGroup(String uuid) throws Exception {
            report((who, now) -> {
                who.heartbeat(Holder.of(client), "demo", uuid, ROOM.name(), "group", 10 * MINUTE, null, now);
                return false;
            });
        }

        void leaveGroup(String uuid) throws Exception {
            report((who, now) -> {
                who.leave("demo", uuid, ROOM.name(), "group", now);
                who.leave(new ChannelGroup("demo", "group"), uuid);
                return false;
            });
        }

        void setState(String uuid, String state) throws Exception {
            report((who, now) -> {
                assertThat(who.setState(Holder.of(client), "demo", uuid, ROOM.name(),
                        new Json(state.getBytes(StandardCharsets.UTF_8)), now)).isTrue();
                return false;
            });
        }

        /** The state of a user who is not there. */
        @Nullable
        String state(String uuid) throws Exception {
            AtomicReference<@Nullable Json> state = new AtomicReference<>();
            report((who, now) -> {
                state.set(who.state("demo", uuid, ROOM.name()));
                return false;
            });
            Json known = state.get();
            return known == null ? null : new String(known.utf8(), StandardCharsets.UTF_8);
        }

        /** Has something done of presence, and the tables have it. */
        private void report(PresenceService.PresenceTask work) throws Exception {
            CountDownLatch done = new CountDownLatch(1);
            assertThat(presence.submit(client, 1, work)).isTrue();
            assertThat(presence.whenReported(client, 1, done::countDown)).isTrue();
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }

        List<String> users() {
            return ledger.reads()
                    .users(ROOM, new UserPlace(null, 0), 100, false)
                    .users()
                    .stream()
                    .map(ChannelUser::uuid)
                    .toList();
        }

        List<String> seen() {
            return ledger.reads().nodes().stream().map(Node::name).sorted().toList();
        }

        void publish(String text, Delivery delivery) {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            journal.submit(new Publish(ROOM, new Json(text.getBytes(StandardCharsets.UTF_8)), null, null, null, null,
                    null, delivery), outcome::complete);
            assertThat(outcome.join()).isInstanceOf(Publish.Published.class);
        }

        Outcome tick() {
            return outcome(new Tick());
        }

        Outcome outcome(Command<?> command) {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            journal.submit(command, outcome::complete);
            return outcome.join();
        }

        /** Has all that was in the log be applied here. */
        void catchUp() {
            assertThat(tick()).isInstanceOf(ended.isEmpty() ? Tick.Ticked.class : Unavailable.class);
        }

        void close() {
            presence.close();
            watch.close();
            journal.close();
            ledger.close();
        }
    }

    private PresentNode node(String name, long number) throws Exception {
        return begun(new PresentNode(name, number, 100 + number));
    }

    /** One with other rules. */
    private PresentNode node(Ledger ledger, String name, long number, long incarnation) throws Exception {
        return begun(new PresentNode(ledger, number, new NodeWatch.Self(number, name, "", incarnation),
                log()));
    }

    private static PresentNode begun(PresentNode node) {
        node.watch.look();
        node.catchUp();
        return node;
    }

    /** Some seconds in which these nodes live. */
    private void pass(int seconds, PresentNode... living) {
        for (int i = 0; i < seconds; i++) {
            clock.updateAndGet(now -> now.plusSeconds(1));
            for (PresentNode node : living) {
                node.watch.look();
                node.catchUp();
            }
        }
        for (PresentNode node : living) {
            node.catchUp();
        }
    }

    /** Each node has reported what it knew, has heard of what the others reported, and has reported what follows from that. */
    private static void settle(PresentNode... living) throws Exception {
        for (int round = 0; round < 2; round++) {
            for (PresentNode node : living) {
                node.leave("nobody");
            }
            for (PresentNode node : living) {
                node.catchUp();
            }
        }
    }

    @Test
    void eachNodeShowsTheUsersOfAll() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node("two", 12);
        one.beat("alice");
        two.beat("bob");
        one.catchUp();
        assertThat(one.users()).isEqualTo(two.users()).containsExactly("alice", "bob");
        assertThat(one.ledger.reads().channelsOf("demo", "bob", 10)).containsExactly("room");
        one.catchUp();
        assertThat(one.seen()).containsExactly("one", "two");
    }

    @Test
    void leaveOnOneNodeAppliesToAll() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node("two", 12);
        PresentNode three = node("three", 13);
        one.beat("alice");
        two.beat("alice");
        one.beat("bob");
        await().untilAsserted(() -> assertThat(three.told).contains("join alice", "join bob"));
        three.leave("alice");
        three.leave("nobody");
        one.catchUp();
        two.catchUp();
        for (PresentNode each : List.of(one, two, three)) { // one that reported her just then ends that when it hears of the leave
            await().untilAsserted(() -> assertThat(each.users()).containsExactly("bob"));
        }
        assertThat(three.told).doesNotContain("leave nobody", "leave bob");
        assertThat(String.join(",", three.told.stream().filter(each -> each.endsWith("alice")).toList()))
                .as("a report on its way brings her back until its node hears of the leave")
                .matches("join alice,leave alice(,join alice,leave alice)*");

        settle(one, two, three);
        three.told.clear();
        two.beat("alice");
        assertThat(two.users()).containsExactly("alice", "bob");
        two.leave("alice");
        await().untilAsserted(() -> assertThat(three.users()).containsExactly("bob"));
        assertThat(three.told).as("no node has kept anything of her")
                .filteredOn(each -> each.endsWith("alice"))
                .containsSubsequence("join alice", "leave alice")
                .hasSize(2);
    }

    @Test
    void groupLeaveOnOneNodeAppliesToAll() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node("two", 12);
        PresentNode three = node("three", 13);
        one.beatByGroup("alice");
        two.beatByGroup("alice");
        one.beatByGroup("bob");
        two.beat("bob");
        await().untilAsserted(() -> assertThat(three.told).contains("join alice", "join bob"));
        three.leaveGroup("alice");
        three.leaveGroup("bob");
        three.leaveGroup("nobody");
        one.catchUp();
        two.catchUp();
        await().untilAsserted(() -> assertThat(three.users()).as("bob is there by the channel too")
                .containsExactly("bob"));
        assertThat(three.told).containsOnlyOnce("leave alice").doesNotContain("leave nobody", "leave bob");
        two.leave("bob");
        await().untilAsserted(() -> assertThat(three.users()).as("the group's stay had ended on the first").isEmpty());
    }

    @Test
    void stateOfAnAbsentUserIsKnownToAllNodes() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node("two", 12);
        one.setState("alice", "{\"mood\":1}");
        await().untilAsserted(() -> assertThat(two.state("alice")).isEqualTo("{\"mood\":1}"));
        two.beat("alice");
        one.catchUp();
        assertThat(one.ledger.reads().user(ROOM, "alice")).as("she comes with it")
                .isEqualTo(new ChannelUser("alice", new Json("{\"mood\":1}".getBytes(StandardCharsets.UTF_8))));
        one.setState("alice", "{\"mood\":2}");
        two.catchUp();
        assertThat(two.ledger.reads().user(ROOM, "alice")).extracting(ChannelUser::state)
                .isEqualTo(new Json("{\"mood\":2}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void usersOfADeadNodeTimeOut() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node("two", 12);
        PresentNode three = node("three", 13);
        one.beat("alice");
        one.beat("carol");
        two.beat("bob");
        two.beat("carol");
        await().untilAsserted(() -> assertThat(two.told).contains("join alice", "join bob", "join carol"));
        pass(3, one, two, three);
        one.presence.close(); // it does nothing more
        pass(9, two, three);
        assertThat(two.users()).containsExactly("alice", "bob", "carol");
        two.told.clear();
        pass(4, two, three);
        await().untilAsserted(() -> assertThat(two.users()).containsExactly("bob", "carol"));
        pass(1, two, three);
        assertThat(three.users()).containsExactly("bob", "carol");
        assertThat(two.told).as("once, whoever noticed, and none of a user whom another node knows")
                .containsOnlyOnce("timeout alice")
                .doesNotContain("timeout carol", "join bob");
        assertThat(two.seen()).containsExactly("three", "two");
    }

    @Test
    void stalledLogRemovesNoUsers() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node("two", 12);
        one.beat("alice");
        pass(1, one, two);
        clock.updateAndGet(now -> now.plusSeconds(3_600)); // no broker answers for an hour
        pass(5, two);
        assertThat(two.users()).containsExactly("alice");
        pass(3, one, two);
        assertThat(two.seen()).containsExactly("one", "two");
        assertThat(two.users()).containsExactly("alice");
    }

    @Test
    void returningNodeRestoresItsUsers() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node("two", 12);
        one.beat("alice");
        two.beat("bob");
        await().untilAsserted(() -> assertThat(two.told).contains("join alice")); // the last that it says
        pass(2, one, two);
        two.told.clear();
        pass(15, two); // it applies the log, but says nothing: as good as one that stands still
        await().untilAsserted(() -> assertThat(two.told).containsSubsequence("timeout alice", "join alice"));
        assertThat(two.users()).containsExactly("alice", "bob");
        two.told.clear();
        pass(2, one, two);
        await().untilAsserted(() -> assertThat(two.seen()).containsExactly("one", "two"));
        pass(15, one, two);
        assertThat(two.users()).containsExactly("alice", "bob");
        assertThat(one.users()).containsExactly("alice", "bob");
        assertThat(two.told).doesNotContain("timeout alice");
    }

    @Test
    void youngerOfTwoProcessesWithOneNameWins() throws Exception {
        PresentNode old = node("one", 11);
        old.beat("alice");
        PresentNode young = new PresentNode("one-again", 11, new NodeWatch.Self(11, "one", "", 77),
                log());
        pass(2, young);
        assertThat(old.journal.fault()).isNull();
        clock.updateAndGet(now -> now.plusSeconds(1));
        old.watch.look();
        await().untilAsserted(() -> assertThat(old.journal.fault())
                .isEqualTo("Another process is the node one of this cluster."));
        assertThat(old.tick()).isEqualTo(new Unavailable("Another process is the node one of this cluster.", false));
        pass(20, young);
        old.watch.look();
        assertThat(young.journal.fault()).isNull();
        assertThat(young.ledger.reads().nodes()).singleElement().satisfies(node -> {
            assertThat(node.incarnation()).isEqualTo(77);
            assertThat(node.rules()).isEqualTo(Ledger.RULES);
        });
    }

    @Test
    void unreportedProcessReplacesNoYoungerOne() throws Exception {
        PresentNode old = new PresentNode("one", 11, 101);
        PresentNode young = new PresentNode("one-again", 11, new NodeWatch.Self(11, "one", "", 77), log());
        pass(2, young);
        old.catchUp();
        old.watch.look();
        assertThat(old.journal.fault()).isEqualTo("Another process is the node one of this cluster.");
        pass(2, young);
        assertThat(young.journal.fault()).isNull();
    }

    @Test
    void lateReportOfAnEndedProcessIsIgnored() throws Exception {
        PresentNode other = node("other", 12);
        PresentNode young = new PresentNode("one", 11, 77);
        young.catchUp();
        CompletableFuture<Outcome> late = new CompletableFuture<>();
        other.journal.submit(
                new ReportNode(11, "one", "", new ReportNode.Incarnation(55, true, 0), Ledger.RULES,
                        new ReportNode.Reached(0, 0, 0)),
                late::complete);
        assertThat(late.join()).isInstanceOf(ReportNode.NodeReported.class);
        young.catchUp();
        pass(2, young);
        assertThat(young.journal.fault()).isNull();
        assertThat(young.ledger.reads().nodes()).anySatisfy(node -> assertThat(node.incarnation()).isEqualTo(77));
    }

    @Test
    void theNodeWhoseTablesDifferStops() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node("two", 12);
        PresentNode three = node(OtherRules.withFault(folder.resolve("three")), "three", 13, 113);
        one.publish("6", Delivery.STORED);
        three.publish("8", Delivery.STORED);
        pass(5, one, two, three);
        assertThat(one.ended).isEmpty();
        assertThat(three.ended).isEmpty();
        long before = three.ledger.applied();
        two.publish("7", Delivery.STORED);
        pass(5, one, two, three);
        assertThat(three.ended).singleElement(InstanceOfAssertFactories.STRING)
                .startsWith(
                        "This node's tables differ from those of 2 of 2 others: the node one has made something else of"
                                + " the log's entries below offset ")
                .contains(", and the same of those below ")
                .endsWith("More nodes have what those have.");
        assertThat(Stream.of(three.ended.getFirst().split("[ ,;.]"))
                .filter(word -> word.matches("[0-9]{2,}"))
                .map(Long::valueOf)).as("near where it happened").allMatch(offset -> Math.abs(offset - before) < 20);
        assertThat(three.journal.fault()).isEqualTo("This node's tables differ from those of others.");
        assertThatThrownBy(() -> Ledger.refuseDiffering(folder.resolve("three")))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("the node two has made something else")
                .hasMessageContaining("delete the file");
        assertThat(one.ended).isEmpty();
        assertThat(two.ended).isEmpty();
        assertThat(one.tick()).isInstanceOf(Tick.Ticked.class);
        Ledger.refuseDiffering(folder.resolve("one"));
    }

    @Test
    void twoDifferingNodesBothStop() throws Exception {
        PresentNode one = node("one", 11);
        PresentNode two = node(OtherRules.withFault(folder.resolve("two")), "two", 12, 112);
        one.publish("7", Delivery.STORED);
        for (int i = 0; i < 20 && (one.ended.isEmpty() || two.ended.isEmpty()); i++) { // a report that is under way delays the next one
            pass(1, one, two);
        }
        assertThat(one.ended).hasSize(1);
        assertThat(two.ended).hasSize(1);
    }

    /** Each node is replaced by a newer one while the others go on; the newer rules are in force once the last one has them. */
    @Test
    void newRulesApplyOnceAllNodesHaveThem() throws Exception {
        List<PresentNode> living = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            living.add(node(OtherRules.withTheFirst(folder.resolve("n" + i)), "n" + i, 10 + i, 100 + i));
        }
        for (int i = 1; i <= 3; i++) {
            PresentNode older = living.removeFirst();
            older.close();
            nodes.remove(older);
            living.add(node(OtherRules.withTwoVersions(folder.resolve("n" + i)), "n" + i, 10 + i, 200 + i));
            pass(2, living.toArray(PresentNode[]::new));
            for (PresentNode each : living) {
                each.publish(String.valueOf(i), Delivery.TRANSIENT);
            }
        }
        for (PresentNode each : living) {
            each.catchUp();
            assertThat(each.ledger.reads().countMessages(ROOM, 0, 100)).as("those after the last one had come")
                    .isEqualTo(3);
            assertThat(each.ended).isEmpty();
        }
        assertThat(living.getLast().ledger.compare(living.getFirst().ledger.reached())).isEqualTo(Likeness.SAME);
        PresentNode old = new PresentNode(OtherRules.withTheFirst(folder.resolve("n4")), 14,
                new NodeWatch.Self(14, "n4", "", 104), log());
        await().untilAsserted(() -> assertThat(old.journal.fault())
                .isEqualTo("The log was written by a newer version of the server."));
        assertThat(old.tick()).isEqualTo(new Unavailable("The server is older than its log: nothing was done.", false));
    }

    /** An older node could not read such an entry, and would have to stop. */
    @Test
    void requestOfNewRulesWaitsForAllNodes() throws Exception {
        ChangeActions toggle = new ChangeActions(ROOM,
                new ActionChange.Put(5, "reaction", "wave", "ann", true,
                        new ActionTerms(false, Long.MAX_VALUE, ActionRule.NONE)));
        PresentNode older = node(OtherRules.withTheFirst(folder.resolve("n1")), "n1", 11, 101);
        PresentNode newer = node(OtherRules.withTwoVersions(folder.resolve("n2")), "n2", 12, 102);
        pass(2, older, newer);
        assertThat(newer.outcome(toggle)).isInstanceOf(Unavailable.class);
        assertThat(older.tick()).isInstanceOf(Tick.Ticked.class);
        older.close();
        nodes.remove(older);
        PresentNode upgraded = node(OtherRules.withTwoVersions(folder.resolve("n1")), "n1", 11, 201);
        pass(2, newer, upgraded);
        assertThat(newer.outcome(toggle)).isInstanceOf(ChangeActions.ActionsChanged.class);
    }

    @Test
    void nodeWithPendingReportsIsBehind() throws Exception {
        AtomicLong nanos = new AtomicLong();
        Ledger ledger = Ledger.open(folder.resolve("one"));
        List<Consumer<? super Outcome>> waiting = new ArrayList<>();
        Journal journal = new JournalOfATest() {
            @Override
            public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
                @SuppressWarnings("unchecked") Consumer<? super Outcome> any = (Consumer<? super Outcome>) whenDecided;
                waiting.add(any);
            }
        };
        try (ledger;
                NodeWatch watch = NodeWatch.stepped(ledger, journal, new NodeWatch.Self(11, "one", "", 1),
                        reason -> {}, nanos::get)) {
            assertThat(watch.whyBehind()).isEqualTo("This node has not caught up with the log yet.");
            watch.look();
            waiting.removeFirst().accept(new ReportNode.NodeReported());
            assertThat(watch.whyBehind()).isNull();
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            watch.look();
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
            assertThat(watch.whyBehind())
                    .isEqualTo("This node is behind the log: nothing that it has written came back for 6 s. "
                            + "The brokers take no writes, or this node was cut off or stood still.");
            waiting.removeFirst().accept(new ReportNode.NodeReported());
            assertThat(watch.whyBehind()).as("that report is old: what came after it is not here yet").isNotNull();
            watch.look();
            waiting.removeFirst().accept(new ReportNode.NodeReported());
            assertThat(watch.whyBehind()).isNull();
        }
    }

    @Test
    void usersFromBeforeThereWasAClusterTimeOut() throws Exception {
        leave("one", ChangePresence.ONLY_NODE);
        PresentNode one = node("one", 11);
        one.beat("bob");
        assertThat(one.users()).containsExactly("alice", "bob");
        pass(12, one);
        await().untilAsserted(() -> assertThat(one.users()).containsExactly("bob"));
        assertThat(one.told).containsOnlyOnce("timeout alice");
        assertThat(one.seen()).containsExactly("one");
    }

    @Test
    void usersOfAFormerClusterTimeOut() throws Exception {
        leave("one", 12);
        PresentNode only = new PresentNode("one", ChangePresence.ONLY_NODE, null, new MemoryLog<>(
                appliedOf("one"), clock::get));
        only.watch.look();
        await().untilAsserted(() -> assertThat(only.users()).isEmpty());
        only.watch.look();
        assertThat(only.told).containsOnlyOnce("timeout alice");
        assertThat(only.seen()).isEmpty();
    }

    private long appliedOf(String directory) throws Exception {
        try (Ledger ledger = Ledger.open(folder.resolve(directory))) {
            return ledger.applied();
        }
    }

    /** Has the tables of a folder, which have all of the log, know a user by a lease of some node. */
    private void leave(String directory, long node) throws Exception {
        try (Ledger ledger = Ledger.open(folder.resolve(directory))) {
            var transaction = ledger.transaction();
            assertThat(ledger.apply(new ChangePresence(node,
                    List.of(new Join(ROOM, "alice", 600_000_000, new Json("{}".getBytes(StandardCharsets.UTF_8)),
                            true))),
                    1000, transaction)).isNotNull();
            ledger.commit(transaction);
            ledger.flush();
        }
    }
}
