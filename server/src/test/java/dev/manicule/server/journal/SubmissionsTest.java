package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.log.AppendFailure;
import dev.manicule.server.log.ForwardingLog;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Submissions on one thread, in time that the test makes. */
class SubmissionsTest {
    private static final Channel CHANNEL = new Channel("demo", "room");

    @TempDir
    private Path folder;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T10:05:00Z"));
    private final InstantSource clock = now::get;
    private final AtomicLong nanos = new AtomicLong();
    private final MemoryLog<Entry> log = new MemoryLog<>(0, clock);
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Budget budget = new Budget(new Limits());
    private final Submissions submissions = new Submissions(log, new TimetokenClock(clock, 0), budget, 1, nanos::get);
    private Ledger ledger;
    private Replica replica;

    @BeforeEach
    void start() throws Exception {
        ledger = Ledger.open(folder.resolve("data"));
        ledger.followLog(1);
        replica = new Replica(log, ledger, submissions, commit -> {}, task -> {}, nanos::get);
    }

    @AfterEach
    void stop() {
        replica.close();
        ledger.close();
    }

    private static Publish publish() {
        return new Publish(CHANNEL, new Json("1".getBytes(StandardCharsets.UTF_8)), null, "alice", null, null, null,
                Delivery.STORED);
    }

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
        nanos.addAndGet(time.toNanos());
    }

    /** The appender looks once, and the replica as long as there is something. */
    private void step() {
        boolean _ = submissions.appendNext(0);
        while (replica.step(0)) {
            // goes on
        }
    }

    private int stored() {
        return ledger.reads().countMessages(CHANNEL, 0, 100);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void idleServerRecoversAfterAFailure(boolean inDoubt) {
        log.failNext(inDoubt);
        submissions.submit(budget.server(), publish(), outcomes::add);
        step();
        assertThat(submissions.fault()).isEqualTo("The disk can't be written.");
        for (int look = 0; look < 10; look++) { // more often than the disk is looked at
            pass(Duration.ofMillis(300));
            step();
        }
        assertThat(submissions.fault()).as("nothing was written meanwhile").isNull();
        submissions.submit(budget.server(), publish(), outcomes::add);
        step();
        assertThat(outcomes).hasSize(2).last().isInstanceOf(Publish.Published.class);
        assertThat(stored()).isEqualTo(inDoubt ? 2 : 1);
    }

    /** What was in doubt has the time of its append, and is repeated when the disk works again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 15, 19, 60, 3_000})
    void commandInDoubtIsAppliedOnce(int minutes) {
        Idempotent<Publish.Outcome> once = new Idempotent<>(publish(),
                IdempotencyKey.of("demo", "alice", "request 1", publish(), false));
        submissions.submit(budget.server(), publish(), outcomes::add);
        step();
        log.failNext(true);
        submissions.submit(budget.server(), once, outcomes::add);
        step();
        assertThat(outcomes.getLast()).isInstanceOfSatisfying(Unavailable.class,
                answer -> assertThat(answer.mayHaveHappened()).isTrue());
        pass(Duration.ofMinutes(minutes));
        step();
        assertThat(stored()).as("what was in doubt is done").isEqualTo(2);
        pass(Duration.ofMinutes(20)); // for so long at least it can be repeated
        submissions.submit(budget.server(), once, outcomes::add);
        step();
        assertThat(outcomes.getLast()).isInstanceOf(Publish.Published.class);
        assertThat(stored()).as("done once").isEqualTo(2);
    }

    @Test
    void retryTriesAFailedLogAtOnce() {
        log.failNext(false);
        for (int i = 0; i < 2; i++) { // the log would take the second one, but is not asked within a second
            submissions.submit(budget.server(), publish(), outcomes::add);
            step();
        }
        assertThat(outcomes).hasSize(2).allSatisfy(each -> assertThat(each).isInstanceOf(Unavailable.class));
        submissions.retry();
        submissions.submit(budget.server(), publish(), outcomes::add);
        step();
        assertThat(outcomes.getLast()).isInstanceOf(Publish.Published.class);
        assertThat(submissions.fault()).isNull();
    }

    @Test
    void commandWithAThrowingAppendIsAnswered() {
        Submissions failing = new Submissions(new ForwardingLog<>(log) {
            @Override
            public void append(List<Entry> entries, AppendFailure onFailure) {
                throw new OutOfMemoryError("on purpose");
            }
        }, new TimetokenClock(clock, 0), budget, 1, nanos::get);
        failing.submit(budget.server(), publish(), outcomes::add);
        assertThat(failing.appendNext(0)).isTrue();
        assertThat(outcomes).singleElement()
                .isInstanceOfSatisfying(Unavailable.class,
                        answer -> assertThat(answer.mayHaveHappened()).isTrue());
    }
}
