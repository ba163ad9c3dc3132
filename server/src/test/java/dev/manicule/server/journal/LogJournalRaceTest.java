package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.races.Races;
import dev.manicule.server.races.Races.Raced;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appender, replica, clients, and the position that is asked for meanwhile. All rounds have the same tables, and a log of their own. */
@Raced
class LogJournalRaceTest {
    private static final Duration REST = Duration.ofSeconds(1);
    private static final Channel CHANNEL = new Channel("demo", "room");

    private final InstantSource clock = Races.clock();
    @TempDir
    private Path folder;
    private Ledger ledger;

    @BeforeEach
    void open() throws Exception {
        ledger = Ledger.open(folder);
        ledger.followLog(1);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private final class Journaled {
        private final MemoryLog<Entry> log = new MemoryLog<>(ledger.applied(), clock);
        private final Queue<Long> told = new ConcurrentLinkedQueue<>();
        private final Queue<Publish.Outcome> outcomes = new ConcurrentLinkedQueue<>();
        private final AtomicLong highestPosition = new AtomicLong();
        private final LogJournal journal = new LogJournal(log, ledger,
                new TimetokenClock(clock, ledger.lastTimetoken()),
                this::committed, new Budget(new Limits()), 1, Runnable::run, true);

        private void committed(CommitListener.Commit commit) {
            for (Event event : commit.events()) {
                if (event.timetoken() <= highestPosition.get()) {
                    told.add(0L); // what a listener throws is only logged
                }
                told.add(event.timetoken());
            }
        }

        void publish(Runnable whenDecided) {
            journal.submit(new Publish(CHANNEL, new Json(new byte[]{'1'}), null, null, null, null, null,
                    Delivery.STORED), outcome -> {
                        boolean isDelivered = !(outcome instanceof Publish.Published done)
                                || told.contains(done.timetoken());
                        outcomes.add(isDelivered ? outcome : new Unavailable("not told yet", true));
                        whenDecided.run();
                    });
        }

        void askPosition() {
            long position = journal.position();
            long _ = highestPosition.accumulateAndGet(position, Math::max);
        }

        /** What is durable was applied and told once, in its order, and above each position that was told before. */
        void assertAllApplied(int submitted) {
            assertThat(outcomes).hasSize(submitted);
            List<Long> done = outcomes.stream()
                    .filter(Publish.Published.class::isInstance)
                    .map(outcome -> ((Publish.Published) outcome).timetoken())
                    .toList();
            assertThat(outcomes.stream().filter(Unavailable.class::isInstance))
                    .allMatch(outcome -> !((Unavailable) outcome).mayHaveHappened());
            assertThat(List.copyOf(told)).isSorted().doesNotHaveDuplicates().containsExactlyElementsOf(done);
            assertThat(ledger.applied()).isEqualTo(log.end());
        }
    }

    @Test
    void durableEntriesAreAppliedAtOnceInOrder() throws Throwable {
        Races.race(race -> {
            Journaled journaled = new Journaled();
            CountDownLatch decided = new CountDownLatch(3);
            race.start(() -> {
                journaled.publish(decided::countDown);
                journaled.askPosition();
                journaled.publish(decided::countDown);
            });
            race.start(() -> journaled.publish(decided::countDown));
            race.start(journaled::askPosition);
            race.start(journaled::askPosition);
            decided.await();
            race.assertNoWaitRanOut(REST);
            journaled.journal.close();
            race.assertNoWaitRanOut(REST);
            race.await();
            journaled.assertAllApplied(3);
        });
    }

    @Test
    void bothOfTwoClosersFindAllApplied() throws Throwable {
        Races.race(race -> {
            Journaled journaled = new Journaled();
            race.start(() -> journaled.publish(() -> {}));
            for (int i = 0; i < 2; i++) {
                race.start(() -> {
                    journaled.publish(() -> {});
                    journaled.journal.close();
                    assertThat(journaled.journal.isAlive()).isFalse();
                    assertThat(ledger.applied()).isEqualTo(journaled.log.end());
                });
            }
            race.await();
            race.assertNoWaitRanOut(REST);
            journaled.assertAllApplied(3);
        });
    }
}
