package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerInTests;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.ForwardingLog;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogReader;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Submissions and a replica on one thread, with a log that can't be read now and then. */
class ReplicaTest {
    private static final Channel CHANNEL = new Channel("demo", "room");

    @TempDir
    private Path folder;
    private final AtomicLong nanos = new AtomicLong();
    private final List<Event> told = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final UnreadableLog log = new UnreadableLog();
    private Ledger ledger;
    private Submissions submissions;
    private Replica replica;

    /** A log in memory whose readers fail as long as that is wanted. */
    private static final class UnreadableLog extends ForwardingLog<Entry> {
        private boolean isUnreadable;
        private boolean isOutOfReach;
        private boolean isOfOthers;
        private long released = -1;

        UnreadableLog() {
            super(new MemoryLog<>(0, InstantSource.system()));
        }

        @Override
        public boolean isShared() {
            return isOfOthers;
        }

        @Override
        public void release(long below) {
            released = below;
        }

        @Override
        public LogReader<Entry> reader(long from) throws LogException {
            LogReader<Entry> reader = super.reader(from);
            return new LogReader<>() {
                @Override
                public @Nullable Batch<Entry> next(long millis) throws InterruptedException, LogException {
                    if (isUnreadable) {
                        throw new IllegalStateException("on purpose");
                    }
                    if (isOutOfReach) {
                        throw new LogException("on purpose");
                    }
                    return reader.next(millis);
                }

                @Override
                public void close() {
                    reader.close();
                }
            };
        }
    }

    @BeforeEach
    void start() throws Exception {
        ledger = Ledger.open(folder);
        ledger.followLog(1);
        submissions = new Submissions(log, new TimetokenClock(InstantSource.system(), 0), new Budget(new Limits()), 1,
                nanos::get);
        replica = new Replica(log, ledger, submissions, commit -> told.addAll(commit.events()), tasks::add, nanos::get);
    }

    @AfterEach
    void stop() {
        replica.close();
        log.close();
        ledger.close();
    }

    private void append(int message) {
        submissions.submit(new Budget(new Limits()).server(),
                new Publish(CHANNEL, new Json(("" + message).getBytes(StandardCharsets.UTF_8)), null, "alice", null,
                        null, null, Delivery.STORED),
                outcomes::add);
        assertThat(submissions.appendNext(0)).isTrue();
    }

    private void stepsUntilIdle() {
        while (replica.step(0)) {
            // goes on
        }
    }

    private List<Event> stored() {
        return ledger.reads().events(CHANNEL, 0, Long.MAX_VALUE, 0, 100);
    }

    @Test
    void durableEntriesAreCommittedTogether() {
        append(1);
        append(2);
        assertThat(replica.applyNow()).isTrue();
        assertThat(outcomes).hasSize(2).allMatch(Publish.Published.class::isInstance);
        assertThat(told).hasSize(2).isEqualTo(stored());
    }

    /** Others may drop entries that the tables on this disk lack: a kill must not find them far behind. */
    @Test
    void tablesOfASharedLogAreFlushedEachMinute() {
        append(1);
        stepsUntilIdle();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(61));
        append(2);
        stepsUntilIdle();
        assertThat(tasks).as("a log of its own is there as long as it is needed").isEmpty();
        log.isOfOthers = true;
        append(3);
        stepsUntilIdle();
        assertThat(tasks).hasSize(1);
        tasks.removeFirst().run();
        assertThat(log.released).isEqualTo(3);
        append(4);
        stepsUntilIdle();
        assertThat(tasks).isEmpty();
    }

    /** The tables come back without what was not written out: of that, what was told is not told again, and the rest is. */
    @Test
    void eventsAreDeliveredOnceAfterADiskFailure() {
        append(1);
        append(2);
        stepsUntilIdle();
        LedgerInTests.haveLossWhenClosed(ledger);
        log.isUnreadable = true;
        append(3);
        append(4);
        stepsUntilIdle();
        assertThat(outcomes.subList(2, 4)).allMatch(outcome -> outcome instanceof Unavailable u && u.mayHaveHappened());
        assertThat(submissions.fault()).isNotNull();

        log.isUnreadable = false;
        stepsUntilIdle();
        assertThat(told).as("looked at again after a second").hasSize(2);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        stepsUntilIdle();
        assertThat(told).hasSize(4).isEqualTo(stored());
        assertThat(submissions.fault()).isNull();
        append(5);
        stepsUntilIdle();
        assertThat(outcomes).hasSize(5).last().isInstanceOf(Publish.Published.class);
        assertThat(told).hasSize(5).isEqualTo(stored());
    }

    /** The tables are open again, and the log can't be read just now: they would show the past. */
    @Test
    void staleTablesAreNotRead() throws Exception {
        append(1);
        stepsUntilIdle();
        LedgerInTests.haveLossWhenClosed(ledger);
        log.isUnreadable = true;
        append(2);
        stepsUntilIdle();
        assertThat(stored()).as("until they are opened anew").hasSize(1);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        stepsUntilIdle();
        for (int attempt = 0; attempt < 2; attempt++) {
            CompletableFuture<List<Event>> read = CompletableFuture.supplyAsync(this::stored);
            assertThatThrownBy(() -> read.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(StorageException.class)
                    .hasMessageContaining("being opened anew");
        }
        log.isUnreadable = false;
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        stepsUntilIdle();
        assertThat(stored()).hasSize(2);
    }

    /** As of a node that is cut off from the brokers: what the tables lost now could not be had. */
    @Test
    void tablesStayOpenWithoutTheLog() {
        append(1);
        stepsUntilIdle();
        LedgerInTests.haveLossWhenClosed(ledger);
        log.isOutOfReach = true;
        append(2);
        stepsUntilIdle();
        for (int attempt = 0; attempt < 2; attempt++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            stepsUntilIdle();
            assertThat(submissions.fault()).isEqualTo("The log can't be read.");
            assertThat(ledger.isClosedToReaders()).isFalse();
            assertThat(stored()).hasSize(1);
        }
        log.isOutOfReach = false;
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        stepsUntilIdle();
        assertThat(submissions.fault()).isNull();
        assertThat(told).hasSize(2).isEqualTo(stored());
    }

    /** What is to be written out in the background may come to it after the tables have been opened anew. */
    @Test
    void entriesTheTablesLackAreNotReleased() {
        Json payload = new Json(("\"" + "x".repeat(1 << 20) + "\"").getBytes(StandardCharsets.UTF_8));
        LedgerInTests.haveLossWhenClosed(ledger);
        for (int i = 0; tasks.isEmpty(); i++) {
            assertThat(i).isLessThan(100);
            submissions.submit(new Budget(new Limits()).server(), new Publish(new Channel("demo", "room" + i), payload,
                    null, "alice", null, null, null, Delivery.STORED), outcomes::add);
            assertThat(submissions.appendNext(0)).isTrue();
            stepsUntilIdle();
        }
        long told = ledger.applied();
        log.isUnreadable = true;
        append(1);
        stepsUntilIdle();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        stepsUntilIdle();
        replica.close(); // before what was lost is there again
        tasks.getFirst().run();
        assertThat(ledger.applied()).isLessThan(told);
        assertThat(log.begin()).isLessThanOrEqualTo(ledger.applied());
    }
}
