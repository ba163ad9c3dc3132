package dev.manicule.bench.micro;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Transaction;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What benchmarks of a ledger share: each has one of its own, in a folder that goes with it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH opens it
public abstract class OwnLedger {
    /** The timetoken of the first command. */
    static final long FIRST = 17_000_000_000_000_000L;

    private Path folder;
    Ledger ledger;
    /** The one that the next command gets. */
    long timetoken = FIRST;

    /** Opens the ledger, and fills it. */
    @Setup
    public void open() throws Exception {
        folder = WorkFolders.make("ledger");
        ledger = Ledger.open(folder.resolve("data"));
        fill();
    }

    /** Puts in what the benchmark needs. */
    void fill() {}

    /** Closes the ledger. */
    @TearDown
    public void close() {
        ledger.close();
        WorkFolders.delete(folder);
    }

    /** Applies a command at the next timetoken, which must do something. */
    Outcome apply(Command<?> command, Transaction transaction) {
        Outcome outcome = ledger.apply(command, timetoken, transaction);
        timetoken += command.timetokens();
        if (outcome == null) {
            throw new IllegalStateException("not applied: " + command);
        }
        return outcome;
    }

    /** The same, where just one outcome will do. */
    void apply(Command<?> command, Class<? extends Outcome> expected, Transaction transaction) {
        Outcome outcome = apply(command, transaction);
        if (!expected.isInstance(outcome)) {
            throw new IllegalStateException("not applied: " + outcome);
        }
    }
}
