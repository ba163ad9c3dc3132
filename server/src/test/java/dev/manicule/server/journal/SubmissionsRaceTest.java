package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Tick;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.LogReader;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.races.Races;
import dev.manicule.server.races.Races.Raced;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Any thread submits, and one appends. */
@Raced
class SubmissionsRaceTest {
    private static final Duration REST = Duration.ofSeconds(1);

    /** Submissions with an appender that also does what a replica does. */
    private static final class Appended {
        private final Budget budget = new Budget(new Limits());
        private final MemoryLog<Entry> log = new MemoryLog<>(0, Races.clock());
        private final Submissions submissions = new Submissions(log, new TimetokenClock(Races.clock(), 0), budget, 1,
                System::nanoTime);
        private final List<Queue<Tick.Outcome>> outcomes = new ArrayList<>();

        void append() throws Exception {
            try (LogReader<Entry> reader = log.reader(0)) {
                boolean goesOn = true;
                while (goesOn) {
                    goesOn = submissions.appendNext(REST.toMillis());
                    for (Batch<Entry> batch = reader.next(0); batch != null; batch = reader.next(0)) {
                        decide(batch);
                    }
                }
            }
        }

        private void decide(Batch<Entry> batch) {
            submissions.published(batch.time(), batch.entries(),
                    Collections.nCopies(batch.entries().size(), new Tick.Ticked()));
        }

        /** Submits a command on a thread of its own. */
        void submit(Races race, Runnable whenDecided) {
            Queue<Tick.Outcome> told = new ConcurrentLinkedQueue<>();
            outcomes.add(told);
            race.start(() -> submissions.submit(budget.server(), new Tick(), outcome -> {
                told.add(outcome);
                whenDecided.run();
            }));
        }

        void assertEachHasOneOutcome() {
            assertThat(outcomes).allSatisfy(told -> assertThat(told).hasSize(1));
            assertThat(budget.used(Resource.WRITES)).as("still charged").isZero();
        }
    }

    @Test
    void submissionWakesASleepingAppender() throws Throwable {
        Races.race(race -> {
            Appended appended = new Appended();
            CountDownLatch decided = new CountDownLatch(3);
            race.start(appended::append);
            for (int i = 0; i < 3; i++) {
                appended.submit(race, decided::countDown);
            }
            decided.await();
            race.assertNoWaitRanOut(REST);
            appended.submissions.close();
            race.await();
            race.assertNoWaitRanOut(REST);
            appended.assertEachHasOneOutcome();
            assertThat(appended.log.end()).as("and the time at the end").isEqualTo(4);
        });
    }

    @Test
    void everyCommandHasOneOutcomeDuringClose() throws Throwable {
        Races.race(race -> {
            Appended appended = new Appended();
            race.start(appended::append);
            appended.submit(race, () -> {});
            appended.submit(race, () -> {});
            race.start(appended.submissions::close);
            appended.submit(race, () -> {});
            race.await();
            race.assertNoWaitRanOut(REST);
            appended.assertEachHasOneOutcome();
            long done = appended.outcomes.stream().filter(told -> told.contains(new Tick.Ticked())).count();
            assertThat(appended.log.end()).as("what was done, and the time at the end").isEqualTo(done + 1);
        });
    }

    @Test
    void everyCommandHasOneOutcomeDespiteADiskFailure() throws Throwable {
        Races.race(race -> {
            Appended appended = new Appended();
            appended.log.failNext(true);
            race.start(appended::append);
            appended.submit(race, () -> {});
            appended.submit(race, () -> {});
            race.start(appended.submissions::giveUp);
            race.start(appended.submissions::close);
            race.await();
            appended.assertEachHasOneOutcome();
        });
    }
}
