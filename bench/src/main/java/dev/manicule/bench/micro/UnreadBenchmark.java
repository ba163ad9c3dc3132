package dev.manicule.bench.micro;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Publish;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader.Unread;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** What a user has not read on a hundred channels. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class UnreadBenchmark {
    private static final int CHANNELS = 100;
    private static final long FIRST = 17_000_000_000_000_000L;
    private static final int ONE_IN = 10;
    private static final Json PAYLOAD = new Json("\"hello\"".getBytes(StandardCharsets.UTF_8));

    /** How many messages each channel has. */
    @Param({"100", "10000"})
    private int messages;
    /** Whether one in ten of them is deleted, each by itself. */
    @Param({"false", "true"})
    private boolean deletes;

    private final List<Channel> channels = IntStream.range(0, CHANNELS)
            .mapToObj(i -> new Channel("demo", "bench" + i))
            .toList();
    private Path folder;
    private Ledger ledger;
    private long timetoken = FIRST;

    /** Opens a ledger with messages in it, of which the first one is read. */
    @Setup
    public void open() throws Exception {
        folder = WorkFolders.make("unread");
        ledger = Ledger.open(folder.resolve("data"));
        for (Channel channel : channels) {
            Transaction transaction = ledger.transaction();
            long first = timetoken + 1;
            for (int i = 0; i < messages; i++) {
                apply(new Publish(channel, PAYLOAD, null, "ann", null, null, null, Publish.Delivery.STORED),
                        transaction);
            }
            apply(new MarkRead(channel, "bob", first, 1), transaction);
            for (int i = 1; deletes && i < messages; i += ONE_IN) {
                apply(new DeleteMessages(channel, new Range(first + i, first + i, false)), transaction);
            }
            ledger.commit(transaction);
            while (ledger.hasRowsToRemove()) {
                boolean _ = ledger.removeRows();
            }
        }
        ledger.flush();
    }

    private void apply(Command<?> command, Transaction transaction) {
        timetoken++;
        if (ledger.apply(command, timetoken, transaction) == null) {
            throw new IllegalStateException("not applied");
        }
    }

    /** Closes it. */
    @TearDown
    public void close() {
        ledger.close();
        WorkFolders.delete(folder);
    }

    /** The marks and the counts. */
    @Benchmark
    public List<Unread> unread() {
        List<Unread> unread = ledger.reads().unread(channels, "bob", 0);
        int left = messages - 1 - (deletes ? messages / ONE_IN : 0);
        if (unread.getLast().count() != left) {
            throw new IllegalStateException("not the count");
        }
        return unread;
    }
}
