package dev.manicule.bench.micro;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader.ActionPage;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The ledger by itself: batches of adds, synced, and pages of the newest actions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class LedgerBenchmark {
    private static final int STORED = 100_000;
    private static final long MESSAGE = 17_000_000_000_000_000L;

    /** How many adds share a sync. */
    @Param({"1", "64", "256"})
    private int batch;

    private final Channel channel = new Channel("demo", "bench");
    private Path folder;
    private Ledger ledger;
    private long timetoken = MESSAGE;

    /** Opens a ledger with actions in it. */
    @Setup
    public void open() throws Exception {
        folder = WorkFolders.make("ledger");
        ledger = Ledger.open(folder.resolve("data"));
        for (int i = 0; i < STORED / 1000; i++) {
            add(1000);
        }
    }

    /** Closes it. */
    @TearDown
    public void close() {
        ledger.close();
        WorkFolders.delete(folder);
    }

    private void add(int count) {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < count; i++) {
            timetoken++;
            Outcome outcome = ledger.apply(
                    new AddAction(channel, MESSAGE + timetoken / 1000, "reaction", "smile", "u" + timetoken),
                    timetoken, transaction);
            if (!(outcome instanceof AddAction.Added)) {
                throw new IllegalStateException("not added: " + outcome);
            }
        }
        ledger.commit(transaction);
    }

    /** A batch: applied, committed, synced. */
    @Benchmark
    public void adds() {
        add(batch);
    }

    /** As many of the newest actions as the batch is large. */
    @Benchmark
    public ActionPage newest() {
        return ledger.reads().actions(channel, Range.ALL, batch, 1 << 20);
    }
}
