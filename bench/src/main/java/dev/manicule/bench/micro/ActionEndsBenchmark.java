package dev.manicule.bench.micro;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Actions that stay, actions for a time, their ends, and read marks: each of 256 that are committed together. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 10, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class ActionEndsBenchmark {
    private static final int BATCH = 256;
    private static final int CHANNELS = 100;
    private static final int ENDS = 64;
    private static final long SECOND = 10_000_000;
    private static final ActionTerms TERMS = new ActionTerms(false, 8 << 20, ActionRule.NONE);

    private Path folder;
    private Ledger ledger;
    private long timetoken = 17_000_000_000_000_000L;
    private long number;

    /** Opens a ledger. */
    @Setup
    public void open() throws Exception {
        folder = WorkFolders.make("ends");
        ledger = Ledger.open(folder.resolve("data"));
    }

    /** Closes it. */
    @TearDown
    public void close() {
        ledger.close();
        WorkFolders.delete(folder);
    }

    private void apply(Command<?> command, Transaction transaction) {
        timetoken++;
        if (ledger.apply(command, timetoken, transaction) == null) {
            throw new IllegalStateException("no outcome");
        }
        timetoken += command.timetokens() - 1;
    }

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
            apply(new AddAction(channel, timetoken - number % 1000, "typing", "on", "u" + number, false, 8 << 20),
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
            apply(forATime(3_600 * SECOND), transaction);
        }
        ledger.commit(transaction);
    }

    /** An action that is put on its message, and leaves with others. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void comesAndLeaves() {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < BATCH; i++) {
            apply(forATime(1), transaction);
        }
        ledger.commit(transaction);
        Transaction ends = ledger.transaction();
        for (int i = 0; i < BATCH / ENDS; i++) {
            apply(new ExpireActions(ENDS), ends);
        }
        ledger.commit(ends);
    }

    /** A read mark that advances, with its event. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void marks() {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < BATCH; i++) {
            apply(new MarkRead(channel(), "u" + number % 1000, timetoken, 100_000), transaction);
        }
        ledger.commit(transaction);
    }
}
