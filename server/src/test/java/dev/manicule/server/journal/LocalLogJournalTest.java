package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalLogJournalTest extends JournalContract {
    @Override
    DataStore open(Path data, InstantSource clock) throws DataFolderException {
        return DataStore.open(data, clock);
    }

    @Test
    void fullQueueRefusesAtOnceAndAppliesTheRest(@TempDir Path folder) throws Exception {
        CountDownLatch writerHeld = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        try (DataStore data = DataStore.open(folder, InstantSource.system())) {
            CommitListener holding = commit -> {
                writerHeld.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            };
            Journal journal = new LogJournal(data.log(), data.ledger(), new TimetokenClock(InstantSource.system(), 0),
                    holding,
                    new Budget(new Limits(Map.of(Limit.WRITES_WAITING, 4L))), 1, data.background(), true);
            journal.submit(publish(), outcomes::add);
            writerHeld.await();
            for (int i = 0; i < 6; i++) {
                journal.submit(publish(), outcomes::add);
            }
            assertThat(outcomes).hasSize(3).allMatch(o -> o instanceof Unavailable u && !u.mayHaveHappened());
            release.countDown();
            journal.close();
        }
        assertThat(outcomes.stream().filter(Publish.Published.class::isInstance)).hasSize(4);
    }

    /** Each write once, in the log and in the tables, though everything that is called back throws. */
    @Test
    void aListenerThatThrowsCausesNoSecondAppend(@TempDir Path folder) throws Exception {
        List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger appends = new AtomicInteger();
        AtomicInteger commits = new AtomicInteger();
        try (DataStore data = DataStore.open(folder, InstantSource.system())) {
            data.observe((entries, bytes, nanos) -> {
                appends.incrementAndGet();
                throw new IllegalStateException("on purpose: of the log");
            });
            CommitListener failing = commit -> {
                commits.incrementAndGet();
                throw new AssertionError("on purpose: of commits");
            };
            Journal journal = new LogJournal(data.log(), data.ledger(), new TimetokenClock(InstantSource.system(), 0),
                    failing, new Budget(new Limits()), 1, data.background(), true);
            for (int i = 0; i < 200; i++) {
                journal.submit(publish(), outcome -> {
                    outcomes.add(outcome);
                    throw new StackOverflowError("on purpose: of an outcome");
                });
            }
            journal.close();
            assertThat(data.ledger().reads().countMessages(publish().channel(), 0, 1000)).isEqualTo(200);
            assertThat(data.log().end()).as("and the time at the end").isEqualTo(201);
        }
        assertThat(outcomes).hasSize(200).allMatch(Publish.Published.class::isInstance);
        assertThat(appends).hasPositiveValue();
        assertThat(commits).hasPositiveValue();
    }

    private static Publish publish() {
        return new Publish(new Channel("k", "c"), new Json(new byte[]{'1'}), null, null, null, null, null,
                Delivery.STORED);
    }
}
