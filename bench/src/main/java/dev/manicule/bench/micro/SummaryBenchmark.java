package dev.manicule.bench.micro;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader.SummaryPage;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
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

/** Summaries of a hundred messages with a thousand actions each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class SummaryBenchmark {
    private static final int MESSAGES = 100;
    private static final int ACTIONS = 1_000;
    private static final long FIRST = 17_000_000_000_000_000L;

    /** How many values the actions of a message have. */
    @Param({"1", "5"})
    private int values;

    private final Channel channel = new Channel("demo", "bench");
    private final List<Long> messages = LongStream.range(FIRST, FIRST + MESSAGES).boxed().toList();
    private Path folder;
    private Ledger ledger;

    /** Opens a ledger with actions in it. */
    @Setup
    public void open() throws Exception {
        folder = WorkFolders.make("summaries");
        ledger = Ledger.open(folder.resolve("data"));
        long timetoken = FIRST + MESSAGES;
        for (int action = 0; action < ACTIONS; action++) {
            Transaction transaction = ledger.transaction();
            for (long message : messages) {
                timetoken++;
                if (!(ledger.apply(new AddAction(channel, message, "reaction", "value" + action % values,
                        "user" + action), timetoken, transaction) instanceof AddAction.Added)) {
                    throw new IllegalStateException("not added");
                }
            }
            ledger.commit(transaction);
        }
        ledger.flush();
    }

    /** Closes it. */
    @TearDown
    public void close() {
        ledger.close();
        WorkFolders.delete(folder);
    }

    private SummaryPage read(@Nullable String reader) {
        SummaryPage page = ledger.reads().summaries(channel, messages, reader, Integer.MAX_VALUE);
        if (page.summaries().size() != MESSAGES
                || page.summaries().getFirst().tallies().getFirst().count() != ACTIONS / values) {
            throw new IllegalStateException("not the sums");
        }
        return page;
    }

    /** Counts and first users. */
    @Benchmark
    public SummaryPage counts() {
        return read(null);
    }

    /** The same, with the reader's own actions. */
    @Benchmark
    public SummaryPage withMine() {
        return read("user500");
    }
}
