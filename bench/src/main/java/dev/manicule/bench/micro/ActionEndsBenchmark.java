package dev.manicule.bench.micro;

import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Warmup;

/** Actions that stay, actions for a time, their ends, and read marks: each of 256 that are committed together. */
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 10, time = 2)
public class ActionEndsBenchmark extends OwnLedger {
    private static final int BATCH = 256;
    private static final int CHANNELS = 100;
    private static final int ENDS = 64;
    private static final long SECOND = 10_000_000;
    private static final ActionTerms TERMS = new ActionTerms(false, 8 << 20, ActionRule.NONE);

    private long number;

    private Channel channel() {
        number++;
        return new Channel("demo", "room" + number % CHANNELS);
    }

    private ChangeActions forATime(long ttl) {
        Channel channel = channel();
        return new ChangeActions(channel, new ActionChange.Put(timetoken - number % 1000, "typing", "on", "u" + number,
                ttl, false, TERMS));
    }

    /** An action that stays. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void stays() {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < BATCH; i++) {
            Channel channel = channel();
            Outcome _ = apply(
                    new AddAction(channel, timetoken - number % 1000, "typing", "on", "u" + number, false, 8 << 20),
                    transaction);
        }
        ledger.commit(transaction);
    }

    /** An action for an hour. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void forAnHour() {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < BATCH; i++) {
            Outcome _ = apply(forATime(3_600 * SECOND), transaction);
        }
        ledger.commit(transaction);
    }

    /** An action that is put on its message, and leaves with others. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void comesAndLeaves() {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < BATCH; i++) {
            Outcome _ = apply(forATime(1), transaction);
        }
        ledger.commit(transaction);
        Transaction ends = ledger.transaction();
        for (int i = 0; i < BATCH / ENDS; i++) {
            Outcome _ = apply(new ExpireActions(ENDS), ends);
        }
        ledger.commit(ends);
    }

    /** A read mark that advances, with its event. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void marks() {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < BATCH; i++) {
            Outcome _ = apply(new MarkRead(channel(), "u" + number % 1000, timetoken, 100_000), transaction);
        }
        ledger.commit(transaction);
    }
}
