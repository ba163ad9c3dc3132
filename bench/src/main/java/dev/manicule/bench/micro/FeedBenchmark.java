package dev.manicule.bench.micro;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.GlobalFeed;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
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

/** The feed of all channels: publishes, each with its row there, and pages of it from an offset on. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class FeedBenchmark {
    private static final int STORED = 100_000;
    private static final int CHANNELS = 1_000;
    private static final long BEGIN = 17_000_000_000_000_000L;

    /** How many events a commit has, or a page. */
    @Param({"1", "64", "256"})
    private int batch;

    private final Json payload = new Json(("\"" + "x".repeat(100) + "\"").getBytes(StandardCharsets.UTF_8));
    private Path folder;
    private Ledger ledger;
    private long timetoken = BEGIN;
    private long offset = BEGIN;

    /** Opens a ledger with events of many channels in it, on the disk. */
    @Setup
    public void open() throws Exception {
        folder = WorkFolders.make("feed");
        ledger = Ledger.open(folder.resolve("data"));
        for (int i = 0; i < STORED / 1000; i++) {
            publish(1000, Delivery.STORED);
        }
        long _ = ledger.flush();
    }

    /** Closes it. */
    @TearDown
    public void close() {
        ledger.close();
        WorkFolders.delete(folder);
    }

    private void publish(int count, Delivery delivery) {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < count; i++) {
            timetoken++;
            Channel channel = new Channel("demo", "room-" + timetoken % CHANNELS);
            Outcome outcome = ledger.apply(
                    new Publish(channel, payload, null, "u" + timetoken, null, null, null, delivery), timetoken,
                    transaction);
            if (!(outcome instanceof Publish.Published)) {
                throw new IllegalStateException("not published: " + outcome);
            }
        }
        ledger.commit(transaction);
    }

    /** A batch of messages that are stored: applied, committed. */
    @Benchmark
    public void publishes() {
        publish(batch, Delivery.STORED);
    }

    /** A batch of transient events, in the feed for a while. */
    @Benchmark
    public void signals() {
        publish(batch, Delivery.SIGNAL);
    }

    /** The next page of all that is kept; from the beginning again after the last one. */
    @Benchmark
    public GlobalFeed.ReadResult page() {
        GlobalFeed.ReadResult answer = ledger.reads().eventsAfter(offset, GlobalFeed.Scope.KEPT, batch, 1 << 20);
        if (!(answer instanceof GlobalFeed.Page page) || page.events().isEmpty()) {
            throw new IllegalStateException("no page: " + answer);
        }
        offset = page.more() ? page.next() : BEGIN;
        return answer;
    }
}
