package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every journal promises, whichever it is. */
abstract class JournalContract {
    private static final Channel CHANNEL = new Channel("demo", "room");

    @TempDir
    private Path folder;
    private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    private final List<Commit> commits = Collections.synchronizedList(new ArrayList<>());
    private Ledger ledger;
    private Journal journal;

    private DataStore data;
    private long starts;

    /** Opens a folder with the log under test. */
    abstract DataStore open(Path data, InstantSource clock) throws DataFolderException;

    @BeforeEach
    void start() throws Exception {
        data = open(folder, clock::get);
        ledger = data.ledger();
        journal = new LogJournal(data.log(), ledger, new TimetokenClock(clock::get, ledger.lastTimetoken()),
                commits::add,
                new Budget(new Limits()), starts++, data.background(), true);
    }

    @AfterEach
    void stop() {
        journal.close();
        data.close();
    }

    private void restart() throws Exception {
        stop();
        start();
    }

    private <O extends Outcome> CompletableFuture<O> submit(Command<O> command) {
        CompletableFuture<O> outcome = new CompletableFuture<>();
        journal.submit(command, outcome::complete);
        return outcome;
    }

    private <O extends Outcome> O done(Command<O> command) throws Exception {
        return submit(command).get(10, TimeUnit.SECONDS);
    }

    private static Publish message(int n) {
        return new Publish(CHANNEL, new Json(("" + n).getBytes(StandardCharsets.UTF_8)), null, "alice", null, null,
                null,
                Delivery.STORED);
    }

    private long publish(int n) throws Exception {
        return ((Publish.Published) done(message(n))).timetoken();
    }

    @Test
    void outcomeFollowsVisibilityAndDelivery() throws Exception {
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        CompletableFuture<List<Event>> told = new CompletableFuture<>();
        journal.submit(message(1), outcome -> {
            seen.complete(ledger.reads().countMessages(CHANNEL, 0, 10));
            told.complete(events());
        });
        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(told.get(10, TimeUnit.SECONDS)).hasSize(1);
    }

    @Test
    void equalAddsFromManyThreadsYieldOneAction() throws Exception {
        AddAction add = new AddAction(CHANNEL, 5, "reaction", "smile", "alice");
        List<? extends CompletableFuture<? extends Outcome>> outcomes = IntStream.range(0, 64)
                .parallel()
                .mapToObj(i -> submit(add))
                .toList();
        int added = 0;
        for (CompletableFuture<? extends Outcome> outcome : outcomes) {
            Outcome decided = outcome.get(10, TimeUnit.SECONDS);
            assertThat(decided).isInstanceOfAny(AddAction.Added.class, AddAction.Exists.class);
            added += decided instanceof AddAction.Added ? 1 : 0;
        }
        assertThat(added).isEqualTo(1);
        assertThat(events()).hasSize(1);
    }

    @Test
    void eventsAreDeliveredOnceInTimetokenOrder() throws Exception {
        List<? extends CompletableFuture<? extends Outcome>> outcomes = IntStream.range(0, 2000)
                .parallel()
                .mapToObj(i -> submit(message(i)))
                .toList();
        for (CompletableFuture<? extends Outcome> outcome : outcomes) {
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(Publish.Published.class);
        }
        List<Long> timetokens = events().stream().map(Event::timetoken).toList();
        assertThat(timetokens).hasSize(2000).doesNotHaveDuplicates().isSorted();
        assertThat(ledger.reads().events(CHANNEL, 0, Long.MAX_VALUE, 0, 3000)).isEqualTo(events());
    }

    @Test
    void timetokensRiseDespiteTheClock() throws Exception {
        List<Long> timetokens = new ArrayList<>();
        timetokens.add(publish(1));
        timetokens.add(publish(2)); // the clock stands still
        clock.updateAndGet(now -> now.minus(Duration.ofHours(1)));
        timetokens.add(publish(3));
        restart();
        timetokens.add(publish(4));
        clock.updateAndGet(now -> now.plus(Duration.ofHours(2)));
        timetokens.add(publish(5));
        assertThat(timetokens).doesNotHaveDuplicates().isSorted();
        long now = Timetoken.of(clock.get());
        assertThat(timetokens.getLast()).isBetween(now, now + 1);
    }

    @Test
    void positionPrecedesLaterEvents() throws Exception {
        long told = journal.position();
        clock.updateAndGet(now -> now.minus(Duration.ofHours(1)));
        assertThat(publish(1)).isGreaterThan(told);
        long later = journal.position();
        restart();
        assertThat(publish(2)).isGreaterThan(later);
    }

    @Test
    void positionIsValidDuringTheFirstCommand() throws Exception {
        for (int round = 0; round < 20; round++) {
            long before = journal.position();
            CompletableFuture<?> first = submit(message(round));
            while (!first.isDone()) {
                assertThat(journal.position()).as("not 0, nor long ago").isGreaterThanOrEqualTo(before);
            }
            restart();
            clock.updateAndGet(now -> now.plusSeconds(60));
        }
    }

    /** Four clients publish, one message after the other. */
    private CompletableFuture<?> writeUntil(AtomicBoolean isEnough) {
        return CompletableFuture.allOf(IntStream.range(0, 4).mapToObj(thread -> CompletableFuture.runAsync(() -> {
            while (!isEnough.get()) {
                submit(message(thread)).join();
            }
        })).toArray(CompletableFuture[]::new));
    }

    @Test
    void nothingIsCommittedAtOrBelowAReturnedPosition() throws Exception {
        clock.set(Instant.EPOCH); // timetokens then count up one by one, as close as they can be
        AtomicBoolean isEnough = new AtomicBoolean();
        CompletableFuture<?> writing = writeUntil(isEnough);
        Map<Long, Integer> eventsUpTo = new HashMap<>();
        while (eventsUpTo.size() <= 10 && !writing.isDone()) {
            long position = journal.position();
            eventsUpTo.putIfAbsent(position, ledger.reads().events(CHANNEL, 0, position, 0, 100_000).size());
        }
        isEnough.set(true);
        writing.get(10, TimeUnit.SECONDS);
        assertThat(eventsUpTo).hasSizeGreaterThan(10);
        eventsUpTo.forEach((position, events) -> assertThat(ledger.reads().events(CHANNEL, 0, position, 0, 100_000))
                .as("events up to %s", position)
                .hasSize(events));
    }

    /** Idle polls get positions as cursors: an event at or below one that comes later would be lost to them. */
    @Test
    void noEventIsDeliveredAtOrBelowAReturnedPosition() throws Exception {
        clock.set(Instant.EPOCH);
        AtomicBoolean isEnough = new AtomicBoolean();
        CompletableFuture<?> writing = writeUntil(isEnough);
        Map<Long, Integer> commitsByPosition = new HashMap<>();
        while (commitsByPosition.size() <= 10 && !writing.isDone()) {
            long position = journal.position();
            commitsByPosition.put(position, commits.size());
        }
        isEnough.set(true);
        writing.get(10, TimeUnit.SECONDS);
        assertThat(commitsByPosition).hasSizeGreaterThan(10);
        List<Commit> all = List.copyOf(commits);
        commitsByPosition.forEach((position, count) -> all.subList(count, all.size())
                .forEach(commit -> commit.events()
                        .forEach(event -> assertThat(event.timetoken()).isGreaterThan(position))));
    }

    @Test
    void largeDeletionIsImmediate() throws Exception {
        List<? extends CompletableFuture<? extends Outcome>> outcomes = IntStream.range(0, 20_000)
                .mapToObj(i -> publishPatiently(i))
                .toList();
        for (CompletableFuture<? extends Outcome> outcome : outcomes) {
            outcome.get(30, TimeUnit.SECONDS);
        }
        CompletableFuture<Integer> left = new CompletableFuture<>();
        journal.submit(new DeleteMessages(CHANNEL, Range.ALL),
                outcome -> left.complete(ledger.reads().countMessages(CHANNEL, 0, 10)));
        assertThat(left.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(submit(message(1)).get(30, TimeUnit.SECONDS)).isInstanceOf(Publish.Published.class);
        await().until(() -> !ledger.hasRowsToRemove());
        assertThat(ledger.reads().countMessages(CHANNEL, 0, 10)).as("what came later").isEqualTo(1);
    }

    private CompletableFuture<? extends Outcome> publishPatiently(int n) {
        return n % 4000 == 3999 ? CompletableFuture.completedFuture(submit(message(n)).join()) : submit(message(n));
    }

    @Test
    void commandsBeforeCloseAreApplied() throws Exception {
        List<? extends CompletableFuture<? extends Outcome>> outcomes = IntStream.range(0, 500)
                .mapToObj(i -> submit(message(i)))
                .toList();
        journal.close();
        for (CompletableFuture<? extends Outcome> outcome : outcomes) {
            assertThat(outcome.get(0, TimeUnit.SECONDS)).isInstanceOf(Publish.Published.class);
        }
        assertThat(submit(message(1)).get(0, TimeUnit.SECONDS)).isInstanceOf(Unavailable.class);
        LedgerReader reads = ledger.reads();
        assertThat(reads.countMessages(CHANNEL, 0, 1000)).isEqualTo(500);
    }

    @Test
    void dataSurvivesARestart() throws Exception {
        long message = publish(1);
        done(new AddAction(CHANNEL, message, "reaction", "smile", "alice"));
        restart();
        assertThat(ledger.reads().messages(CHANNEL, Range.ALL, 10, LedgerReader.WithActions.ALL, 10_000).messages())
                .singleElement()
                .satisfies(stored -> assertThat(stored.on().groups()).hasSize(1));
        assertThat(done(new AddAction(CHANNEL, message, "reaction", "smile", "alice")))
                .isInstanceOf(AddAction.Exists.class);
    }

    @Test
    void throwingOutcomeListenerHarmsNoOther() throws Exception {
        journal.submit(message(1), outcome -> {
            throw new IllegalStateException("on purpose");
        });
        assertThat(publish(2)).isPositive();
    }

    private List<Event> events() {
        synchronized (commits) {
            return commits.stream().flatMap(commit -> commit.events().stream()).toList();
        }
    }
}
